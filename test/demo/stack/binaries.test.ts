import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { findBinaries } from '../../../demo/stack/binaries.js';

const folder = mkdtempSync(join(tmpdir(), 'binaries-'));
after(() => rmSync(folder, { recursive: true }));

function install(name: string, mode = 0o755): void {
  writeFileSync(join(folder, name), '#!/bin/sh\n');
  chmodSync(join(folder, name), mode);
}

describe('findBinaries', () => {
  it('says what is missing, and how to install it', () => {
    const message = findBinaries(folder);
    assert.equal(typeof message, 'string');
    assert.match(message as string, /Prometheus \(prometheus\) and Alertmanager/);
    assert.match(message as string, /apt-get install -y --no-install-recommends prometheus prometheus-alertmanager/);
  });

  it('does not take a file that cannot be run', () => {
    install('prometheus', 0o644);
    assert.match(findBinaries(folder) as string, /Prometheus/);
  });

  it('names only what is missing', () => {
    install('prometheus');
    assert.match(findBinaries(folder) as string, /needs Alertmanager/);
  });

  it('finds both under either name, Debian first', () => {
    install('alertmanager');
    const path = ['/nowhere', folder].join(delimiter);
    assert.deepEqual(findBinaries(path), {
      prometheus: join(folder, 'prometheus'),
      alertmanager: join(folder, 'alertmanager'),
    });
    install('prometheus-alertmanager');
    assert.deepEqual(findBinaries(path), {
      prometheus: join(folder, 'prometheus'),
      alertmanager: join(folder, 'prometheus-alertmanager'),
    });
  });
});
