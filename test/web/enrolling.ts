/** Keys and requests of people who enrol, as the tests of codes and approvals need them. */
import { randomUUID } from 'node:crypto'
import { toBase64, type Sha256 } from '../../ca/index.ts'
import { requests } from '../../appliance/unit/officer.ts'
import {
  makeUnitKey,
  requestId,
  type ListedRequest,
  type RequestedKey,
} from '../../provisioning/index.ts'
import { makeRequest } from '../../provisioning/kit/index.ts'
import { openCode, type Reply, type TestBox } from './box_fixture.ts'

/** Keys with their requests. */
export interface KeySet {
  readonly id: Sha256
  readonly keys: readonly RequestedKey[]
  readonly requests: readonly object[]
}

/** Fresh keys of an administrator. */
export async function newKeys(role = 'auditor'): Promise<KeySet> {
  const made = await Promise.all(
    [`${role}-client`, `${role}-signing`].map(async (profile) => {
      const key = await makeUnitKey()
      const request = toBase64(await makeRequest({ key, commonName: profile }))
      return { asked: { profile, seat: null, publicKey: key.spki }, request: { profile, request } }
    }),
  )
  const keys = made.map(({ asked }) => asked)
  return { id: requestId(keys), keys, requests: made.map(({ request }) => request) }
}

/** Redeems a code; `keyFile` is base64. */
export function redeem(
  box: TestBox,
  by: { readonly code: string; readonly keys: KeySet; readonly keyFile?: string },
): Promise<Reply> {
  const { code, keys, keyFile } = by
  return box.request({
    method: 'POST',
    path: '/api/v1/requests/acts/redeem',
    json: { code, requests: keys.requests, ...(keyFile !== undefined && { keyFile }) },
    headers: { 'Idempotency-Key': randomUUID() },
  })
}

/** A code that waits for approval, and keys that wait under it. */
export async function waiting(box: TestBox, id: string): Promise<{ code: string; keys: KeySet }> {
  const code = await openCode(box, { id, role: 'auditor', approval: 'officer' })
  const keys = await newKeys()
  const reply = await redeem(box, { code, keys })
  if (reply.status !== 202) throw new Error(reply.text)
  return { code, keys }
}

/** What the officer sees of somebody. */
export async function rowOf(box: TestBox, who: string): Promise<ListedRequest | undefined> {
  return (await requests(box.officer.options)).find((row) => row.who === who)
}
