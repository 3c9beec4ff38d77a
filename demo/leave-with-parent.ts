// Preloaded into every child of the demo, so that none outlives it: a killed parent closes the channel, and that is all it can do.
process.once('disconnect', () => process.exit(0));
// Ctrl-C in a terminal goes to the whole process group; who stops first is the parent's decision.
process.on('SIGINT', () => undefined);
process.once('SIGTERM', () => process.exit(0));
