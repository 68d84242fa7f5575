/** A spool in a temporary folder, and what its tests put there. Test support. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { machineAct, machinePaths } from '../../../appliance/machine/act.ts'
import { fileOf, spoolPaths } from '../../../appliance/machine/request.ts'
import { runRequests, type RunParts } from '../../../appliance/machine/run.ts'
import { openSpool } from '../../../appliance/machine/spool.ts'
import type { Asker } from '../../../appliance/machine/users.ts'

/** An empty spool; gives its folder. */
export function emptySpool(): string {
  const spool = mkdtempSync(join(tmpdir(), 'sealbox-spool-'))
  for (const folder of Object.values(spoolPaths(spool))) mkdirSync(folder)
  return spool
}

/** Puts a request as it stands under an id of one repeated digit. */
export function putRequest(spool: string, digit: string, text: string): string {
  const id = digit.repeat(32)
  writeFileSync(fileOf(spoolPaths(spool).requests, id), text)
  return id
}

export const requestOf = (act: string, params: unknown = {}): string =>
  JSON.stringify({ version: 1, act, params })

/** Acts of a test: `echo` gives back a word, `fail` throws, `console-only` is not for the box. */
export const testActs = {
  echo: machineAct({
    params: z.strictObject({ word: z.string().max(10) }),
    result: z.strictObject({ word: z.string() }),
    askedBy: ['box', 'console'],
    patienceMs: 1000,
    run: ({ word }) => Promise.resolve({ word }),
  }),
  fail: machineAct({
    params: z.strictObject({}),
    result: z.strictObject({}),
    askedBy: ['box'],
    patienceMs: 1000,
    run: () => Promise.reject(new Error('/etc/secret: permission denied')),
  }),
  'console-only': machineAct({
    params: z.strictObject({}),
    result: z.strictObject({}),
    askedBy: ['console'],
    patienceMs: 1000,
    run: () => Promise.resolve({}),
  }),
}

/** Runs what waits in a spool, everything asked by `asker`; gives the lines of the log. */
export async function runSpool(
  spool: string,
  { acts = testActs, asker = 'box', ...parts }: Partial<RunParts> & { asker?: Asker } = {},
): Promise<string[]> {
  const lines: string[] = []
  await runRequests({
    ...{ paths: machinePaths, execute: () => Promise.reject(new Error('not in this test')), acts },
    spool: openSpool(spool),
    askers: new Map([[process.getuid?.() ?? -1, asker]]),
    now: () => new Date(),
    log: (line) => lines.push(line),
    ...parts,
  })
  return lines
}
