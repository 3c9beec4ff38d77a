import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { registerMetrics, registerTracing } from '../../monitor/globals.js';

afterEach(() => {
  for (const api of [metrics, trace, context, propagation]) api.disable();
});

test('the app registers its own meter provider afterwards: it gets the place, and our leaving does not take it away', () => {
  const ours = new MeterProvider();
  const undo = registerMetrics(ours);
  assert.equal(metrics.getMeterProvider(), ours);
  const theirs = new MeterProvider();
  assert.equal(metrics.setGlobalMeterProvider(theirs), true);
  assert.equal(metrics.getMeterProvider(), theirs);
  undo();
  assert.equal(metrics.getMeterProvider(), theirs);
});

test('the app has registered before: its provider stays', () => {
  const theirs = new MeterProvider();
  metrics.setGlobalMeterProvider(theirs);
  const undo = registerMetrics(new MeterProvider());
  assert.equal(metrics.getMeterProvider(), theirs);
  undo();
  assert.equal(metrics.getMeterProvider(), theirs);
});

test('leaving empties the place and lets the API be as it was', () => {
  const undo = registerMetrics(new MeterProvider());
  undo();
  const next = new MeterProvider();
  assert.equal(metrics.setGlobalMeterProvider(next), true);
  assert.equal(metrics.getMeterProvider(), next);
  assert.equal(Object.hasOwn(metrics, 'setGlobalMeterProvider'), false);
});

test('an app that sets up tracing of its own with register() works as without us', async () => {
  const undo = registerTracing(new NodeTracerProvider());
  const theirs = new NodeTracerProvider();
  theirs.register();
  const span = trace.getTracer('app').startSpan('outer');
  await context.with(trace.setSpan(context.active(), span), async () => {
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(trace.getActiveSpan(), span, "the app's own context manager carries its spans");
  });
  assert.equal(span.isRecording(), true);
  undo();
  assert.equal(trace.getTracer('app').startSpan('later').isRecording(), true);
  await theirs.shutdown();
});
