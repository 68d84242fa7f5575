/**
 * Fills a new trial box with a small model district at work (`sealbox start --demo`): its people and units over HTTPS with keys of
 * their own, documents at every stage, and the identities laid out beside the data to be imported into a browser.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import type { AgentOptions } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sha256Hex, systemRandom, toPem, writeWhole } from '../../../ca/index.ts'
import { dayIn } from '../../../exchange/index.ts'
import type { Box } from '../../box/box.ts'
import { ApplianceError } from '../../errors.ts'
import { createSteps, type Steps } from '../steps.ts'
import { typing } from './journeys.ts'
import { enrolEverybody, folders, p12Of } from './people.ts'
import { markDemo, shownPath, type DemoPlan } from './plan.ts'
import { withDates } from './text.ts'
import { identities, readme, type Identity, type Told } from './who.ts'
import { takeAlong, type Units } from './work.ts'

export interface Filling {
  readonly box: Box
  /** The folder of data. */
  readonly directory: string
  readonly plan: DemoPlan
  /** Where the pages are, as certificates name it, and where they listen. */
  readonly url: string
  readonly pkiUrl: string
  readonly bind: string
  /** The first officer's one-time code. */
  readonly code: string
  /** Ends it in order; the box is then half filled. */
  readonly signal: AbortSignal
}

/** Fills it; gives what is to be told, or undefined if it was ended. Throws `DEMO_FAILED` with the step. */
export async function fillDemo(filling: Filling): Promise<Told | undefined> {
  const { signal } = filling
  const steps = createSteps({ signal })
  try {
    return await fill(filling, steps)
  } catch (error) {
    steps.stop()
    if (signal.aborted) return undefined
    const words = error instanceof Error ? error.message : String(error)
    const details = error instanceof ApplianceError ? error.details : {}
    throw new ApplianceError('DEMO_FAILED', `${steps.current()}: ${words}`, {
      cause: error,
      details: { ...details },
    })
  }
}

async function fill(filling: Filling, steps: Steps): Promise<Told> {
  const { box, directory, plan, url, pkiUrl, bind, code, signal } = filling
  const { out } = plan
  const root = box.parts.authority.chain.at(-1) ?? new Uint8Array()
  const passphrase = newPassphrase()
  await mkdir(out, { recursive: true, mode: 0o700 })
  const known = {
    ...{ url, root: toPem('CERTIFICATE', root), agent: reachedAt(bind) },
    id: box.parts.box.id,
    journalCertificate: box.parts.box.journalCertificate,
  }
  const enrolled = await enrolEverybody({ box: known, root, out, passphrase, code, steps })
  const { units, left } = enrolled
  const told: Told = {
    ...{ out: shownPath(out), url, pkiUrl, passphrase },
    ...{ ...left, root: sha256Hex(root) },
  }
  try {
    await layOut(out, root, told)
    const today = dayIn(new Date(), box.parts.box.zone)
    const passes = await takeAlong({ steps, units, today })
    await typeDrafts(box, units, today)
    // The overdue document is overdue when the box says that it is ready.
    await pause(Math.max(0, passes.getTime() - Date.now()), undefined, { signal })
  } finally {
    for (const unit of units.values()) unit.close()
  }
  await markDemo(directory, 'filled', plan)
  return told
}

/** 12 characters of an alphabet of 32 in which none is taken for another: 60 bits. */
function newPassphrase(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
  const drawn = Array.from(systemRandom(12), (byte) => alphabet[byte % alphabet.length] ?? '')
  return drawn.join('').replace(/(.{4})(?=.)/g, '$1-')
}

/** The name in the certificates may not lead here from this machine; the address that it listens on does. */
function reachedAt(bind: string): AgentOptions {
  const address = { '0.0.0.0': '127.0.0.1', '::': '::1' }[bind] ?? bind
  const family = isIP(address)
  if (family === 0) return {}
  const lookup: LookupFunction = (_name, { all }, done) => {
    if (all === true) done(null, [{ address, family }])
    else done(null, address, family)
  }
  return { lookup }
}

/** The identities to be imported, the root, and what is said about them. */
async function layOut(out: string, root: Uint8Array, told: Told): Promise<void> {
  for (const identity of identities) {
    await copyFile(sourceOf(out, identity), join(out, identity.file))
  }
  await writeWhole(join(out, 'root.pem'), toPem('CERTIFICATE', root), 0o644)
  await writeFile(join(out, 'root.crt'), root)
  await writeWhole(join(out, 'passphrase.txt'), `${told.passphrase}\n`, 0o600)
  await writeWhole(join(out, 'README.txt'), readme(told), 0o600)
}

function sourceOf(out: string, { of }: Identity): string {
  return 'unit' in of
    ? p12Of(folders.unit(out, of.unit), of.seat)
    : p12Of(folders.person(out, of.person), 'self')
}

/** Drafts that are still being typed attest nothing: they lie in the scratch area, where the composing page keeps them. */
async function typeDrafts({ parts }: Box, units: Units, today: string): Promise<void> {
  for (const { unit, form } of typing) {
    const uscc = units.get(unit)?.unit.uscc ?? ''
    const filled = Object.entries(form).map(
      ([field, values]) => [field, values.map((value) => withDates(value, today))] as const,
    )
    await parts.drafts.put(uscc, {
      ifVersion: 0,
      form: Object.fromEntries(filled),
      by: `seat:${uscc}/clerk`,
    })
  }
}
