/** Measurements for Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  observe(route: string, method: string, status: number, seconds: number): void;
  jobFailed(kind: string): void;
}

export function newMetrics(load: () => { readonly busy: number; readonly waiting: number }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'adeskit_http_request_seconds',
    help: 'Time from request to answer.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
    registers: [registry],
  });
  const failures = new Counter({
    name: 'adeskit_job_failures_total',
    help: 'Attempts at jobs that failed.',
    labelNames: ['kind'],
    registers: [registry],
  });
  new Gauge({
    name: 'adeskit_document_threads_busy',
    help: 'Threads that read documents.',
    registers: [registry],
    collect() {
      this.set(load().busy);
    },
  });
  new Gauge({
    name: 'adeskit_document_tasks_waiting',
    help: 'Documents that wait for a thread.',
    registers: [registry],
    collect() {
      this.set(load().waiting);
    },
  });
  return {
    registry,
    observe: (route, method, status, seconds) => requests.observe({ route, method, status: String(status) }, seconds),
    jobFailed: (kind) => failures.inc({ kind }),
  };
}
