/** Who the browser's certificate stands for, and which box this is; and whether it is the box that this browser knows. */
import * as z from 'zod'
import { fromBase64, toBase64 } from '../../ca/path/index.ts'
import type { KnownBox } from '../../exchange/unit/index.ts'
import type { Answered, Api } from './api.ts'
import type { Words } from '../one_file/language.ts'
import type { Store } from './store.ts'
import { posts } from './words/common.ts'

const seat = z.object({
  kind: z.literal('seat'),
  holder: z.string(),
  unit: z.string(),
  seat: z.string(),
  duties: z.array(z.string()),
})
const person = z.object({
  kind: z.literal('person'),
  holder: z.string(),
  id: z.string(),
  role: z.string(),
})
const shape = z.object({
  actor: z.discriminatedUnion('kind', [seat, person]),
  box: z.object({
    id: z.string(),
    mode: z.string(),
    districtName: z.string(),
    journalCertificate: z.string().max(16_384),
  }),
})

export interface Identity {
  /** `seat:CODE/SEAT` or `person:ID`. */
  readonly holder: string
  /** Unified social credit code of the unit, or the person's identifier: whose key file it is. */
  readonly owner: string
  /** Name of the unit or person. */
  readonly name: string
  /** Seat or role. */
  readonly post: Words | undefined
  readonly role: string | undefined
  readonly duties: readonly string[]
  readonly box: KnownBox & { readonly isTrial: boolean }
}

const unitsShape = z.object({
  items: z.array(z.object({ uscc: z.string(), name: z.string() })),
})

/** Asks the box who is logged in. */
export async function whoAmI(api: Api): Promise<Answered<Identity>> {
  const found = await api.get('/api/v1/me', shape)
  if (found.state !== 'done') return found
  const { actor, box } = found.value
  const owner = actor.kind === 'seat' ? actor.unit : actor.id
  const units = actor.kind === 'seat' ? await api.get('/api/v1/units', unitsShape) : undefined
  const known = units?.state === 'done' ? units.value.items : []
  const value = {
    holder: actor.holder,
    owner,
    name: known.find(({ uscc }) => uscc === owner)?.name ?? owner,
    post: posts[actor.kind === 'seat' ? actor.seat : actor.role],
    role: actor.kind === 'person' ? actor.role : undefined,
    duties: actor.kind === 'seat' ? actor.duties : [],
    box: {
      id: box.id,
      journalCertificate: fromBase64(box.journalCertificate),
      isTrial: box.mode === 'trial',
    },
  }
  return { ...found, value }
}

const boxKey = (id: string): string => `sealbox/${id}/journal-certificate`

/** Keeps the journal's certificate of a box when it is first met, at enrolment or log-in; undefined if another is known. */
export function knownBox(store: Store, box: KnownBox): KnownBox | undefined {
  const text = toBase64(box.journalCertificate)
  const known = store.read(boxKey(box.id))
  if (typeof known === 'string' && known !== text) return undefined
  store.write(boxKey(box.id), text)
  return { id: box.id, journalCertificate: box.journalCertificate }
}
