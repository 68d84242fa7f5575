/** Options of every command that acts as a seat: which folder, which seat, what opens it. */
import { existsSync, readFileSync } from 'node:fs'
import { openSeatOptions, unitPaths, type Secrets } from '../unit/unit_folder.ts'
import { createSeat, type Seat, type SeatOptions } from '../unit/seat.ts'
import { required, secretFrom } from './options.ts'

export const seatOptions = {
  unit: { type: 'string' },
  seat: { type: 'string' },
  'passphrase-file': { type: 'string' },
  'unit-secret-file': { type: 'string' },
} as const

interface Given {
  readonly unit?: string | undefined
  readonly seat?: string | undefined
  readonly 'passphrase-file'?: string | undefined
  readonly 'unit-secret-file'?: string | undefined
}

/** Opens the seat that the options name; the secrets come from files or are typed. */
export async function seatFrom(values: Given, or: string): Promise<Seat> {
  return createSeat(await seatOptionsFrom(values, or))
}

export async function seatOptionsFrom(values: Given, or: string): Promise<SeatOptions> {
  const directory = required(values.unit, '--unit')
  return openSeatOptions(directory, values.seat ?? or, await secretsFrom(directory, values))
}

/** What opens a folder, from files or typed. */
export async function secretsFrom(directory: string, values: Given): Promise<Secrets> {
  return {
    passphrase: await secretFrom(values['passphrase-file'], '口令 passphrase'),
    unitSecret: await unitSecret(directory, values['unit-secret-file']),
  }
}

/** From the file named, the sheet if it still lies there, or typed from paper. */
async function unitSecret(directory: string, file: string | undefined): Promise<string> {
  const { sheet } = unitPaths(directory)
  if (file === undefined && existsSync(sheet)) {
    const found = /unit secret\s+(\S+)/.exec(readFileSync(sheet, 'utf8'))
    if (found?.[1] !== undefined) return found[1]
  }
  return secretFrom(file, '单位密语 unit secret')
}
