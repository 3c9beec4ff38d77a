/** The version of this package; a test holds it against package.json, which a bundled app no longer has beside it. */
export const VERSION = '0.1.0';
