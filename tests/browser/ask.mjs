// What happens behind the pages is asked for by a line on standard output and answered by a line on standard input: see `Stage`.

import { createInterface } from 'node:readline';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Has something happen behind the pages; what there is to tell of it. One at a time. */
export async function ask(word, facts = {}) {
  process.stdout.write(`${JSON.stringify({ ask: word, ...facts })}\n`);
  const { value, done } = await lines.next();
  if (done) throw new Error(`nobody answers ${word}`);
  return JSON.parse(value);
}

/** A call of a website, signed with its secret. */
export const call = (secret, name, params = {}) => ask('call', { secret, call: name, params });

/** A service of a server turns to a state; without one, back to what its figures say. */
export const service = (server, name, state = null) => ask('service', { server, service: name, state });

/** A command line on the balancer's machine; it must succeed. Its output. */
export async function lb(words, input = '') {
  const { code, output, errors } = await ask('lb', { words, input });
  if (code !== 0) throw new Error(`lb ${words.join(' ')}: ${code}: ${errors}`);
  return output;
}

/** So ends a story: nothing waits for further answers. */
export const hush = () => process.stdin.destroy();
