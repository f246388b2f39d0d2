/** A service in a process of its own, which ends itself by SIGKILL at a step that the environment names. */
import { readConfiguration } from '../../src/config/configuration.ts';
import { firstKeys } from '../../src/serve.ts';
import { startService } from '../../src/service.ts';

const settings = JSON.parse(process.env['CHILD_SETTINGS'] ?? '{}') as Record<string, unknown>;
const killAt = process.env['CHILD_KILL_AT'] ?? '';

const step = (part: string) => (name: string) => {
  if (`${part}:${name}` !== killAt) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal comes at once; nothing of what follows may run.
  for (;;);
};

const service = await startService(readConfiguration({}, settings), { sealingStep: step('seal'), deliveryStep: step('deliver') });
const keys = await firstKeys(service);
process.stdout.write(`${JSON.stringify({ url: service.url, keys })}\n`);
process.once('SIGTERM', () => void service.stop().then(() => process.exit(0)));
