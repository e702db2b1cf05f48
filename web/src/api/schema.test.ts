import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

it('has types of the API as openapi.yaml describes it now (else: npm run api)', () => {
  const made = execFileSync(process.execPath, [here('../../node_modules/openapi-typescript/bin/cli.js'), here('../../../src/api/openapi.yaml')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  expect(readFileSync(here('./schema.d.ts'), 'utf8').trim() === made.trim()).toBe(true);
}, 30_000);
