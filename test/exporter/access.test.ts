import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bearerCheck, isLocalName, isLoopback } from '../../exporter/access.js';

test('only the token itself opens', () => {
  const check = bearerCheck('s3cret');
  for (const [header, open] of [
    ['Bearer s3cret', true],
    ['bearer s3cret', true],
    ['Bearer  s3cret', true],
    [undefined, false],
    ['', false],
    ['Bearer', false],
    ['Bearer ', false],
    ['Bearer s3cre', false],
    ['Bearer s3crett', false],
    ['Bearer s3cret x', false],
    ['Basic s3cret', false],
    ['s3cret', false],
  ] as const) {
    assert.equal(check(header), open, String(header));
  }
});

test('addresses that only this machine reaches', () => {
  for (const [address, loopback] of [
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.0.127', false],
    ['1.127.0.0', false],
    ['', false],
  ] as const) {
    assert.equal(isLoopback(address), loopback, address);
  }
});

test('names in a Host header that no other site can have', () => {
  for (const [host, local] of [
    ['127.0.0.1:9464', true],
    ['localhost', true],
    ['localhost:9464', true],
    ['LOCALHOST:1', true],
    ['app.localhost:1', true],
    ['[::1]:9464', true],
    ['10.0.0.1:9464', true],
    ['evil.example:9464', false],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['evillocalhost', false],
    ['', false],
  ] as const) {
    assert.equal(isLocalName(host), local, host);
  }
});
