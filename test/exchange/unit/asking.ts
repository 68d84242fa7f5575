/** Asks a whole box for sign requests and answers them with the keys of its units and its officer, for tests. */
import { toBase64 } from '../../../ca/index.ts'
import {
  answerSignRequest,
  checkSignRequest,
  emptyMemory,
  loadFiles,
  type AnswerParts,
  type Order,
  type RequestFiles,
  type SignAct,
  type Signed,
  type SignRequest,
  type UnitSigner,
  requestsText,
} from '../../../exchange/unit/index.ts'
import { makeUnitKey, modelDistrict, writeRoster } from '../../../provisioning/index.ts'
import { makeRequest } from '../../../provisioning/kit/index.ts'
import {
  openCode,
  type Identity,
  type TestBox,
  type TestKey,
  type TestPerson,
  type TestUnit,
} from '../../web/box_fixture.ts'
import { attachmentOf, dispatched, drafted, numbered, sealed, textBytes } from '../../web/trip.ts'

/** What a request is asked for, and who asks. */
export interface Question {
  readonly as: Identity
  readonly query: Readonly<Record<string, string>> & { readonly act: SignAct }
}

/** The request, or the box's refusal thrown with its code as the message. */
export async function ask(box: TestBox, { as, query }: Question): Promise<SignRequest> {
  const path = `/api/v1/sign-request?${new URLSearchParams(query).toString()}`
  const reply = await box.request({ path, as })
  if (reply.status !== 200) throw new Error(String(reply.code))
  return checkSignRequest(reply.json)
}

/** Its files, fetched as the asker. */
export function filesOf(
  box: TestBox,
  { as }: Pick<Question, 'as'>,
  request: SignRequest,
): Promise<RequestFiles> {
  return loadFiles(request, async (path) => {
    const reply = await box.request({ path, as })
    return new Uint8Array(reply.bytes)
  })
}

export function signerOf(holder: string, { signer }: TestKey): UnitSigner {
  const { certificate } = signer
  return { holder, certificate, sign: (bytes) => signer.sign(bytes) }
}

/** The keys of a unit's key file. */
export function signersOfUnit({ unit, keys }: TestUnit): UnitSigner[] {
  return [
    signerOf(`seat:${unit.uscc}/clerk`, keys.clerkSigning),
    signerOf(`seat:${unit.uscc}/leader`, keys.leaderSigning),
    signerOf(`unit:${unit.uscc}`, keys.seal),
  ]
}

/** Everything that may sign at this box. */
export function allSigners(box: TestBox): UnitSigner[] {
  return [...box.units.flatMap(signersOfUnit), signerOf(box.officer.holder, box.officer.signing)]
}

/** What answering takes beside the request; without anything remembered. */
export function partsFor(
  box: TestBox,
  files: RequestFiles,
  more: Partial<AnswerParts> = {},
): AnswerParts {
  const { id, journalCertificate } = box.parts.box
  return {
    files,
    signers: allSigners(box),
    memory: emptyMemory,
    box: { id, journalCertificate },
    now: new Date(),
    ...more,
  }
}

/** Asks, fetches, signs. */
export async function answered(box: TestBox, question: Question): Promise<Signed> {
  const request = await ask(box, question)
  const files = await filesOf(box, question, request)
  return (await answerSignRequest(request, partsFor(box, files))).signed
}

let made = 0

/** A question of each act about something new that is ready for it. */
export const questions: Readonly<Record<SignAct, (box: TestBox) => Promise<Question>>> = {
  approve: async (box) => {
    const [one, two] = box.units
    const table = textBytes(`甲,${String(++made)}\n`)
    await one.clerk.upload('attachment', '附表.csv', table)
    const attachments = [attachmentOf(table, '附表.csv')]
    const { id } = await drafted({ issuers: [one], main: [two] }, { attachments })
    return { as: one.keys.leader, query: { act: 'approve', document: id, opinion: '同意，速发' } }
  },
  seal: async (box) => {
    const [one, two] = box.units
    const { id } = await numbered({ issuers: [one], main: [two] })
    return {
      as: one.keys.clerk,
      query: { act: 'seal', document: id, certificate: one.keys.seal.name },
    }
  },
  dispatch: async (box) => {
    const [one, two] = box.units
    const { id } = await sealed({ issuers: [one], main: [two] })
    const deadline = new Date(Date.now() + 86_400_000).toISOString()
    return { as: one.keys.clerk, query: { act: 'dispatch', document: id, deadline } }
  },
  'sign-for': async (box) => {
    const [one, two] = box.units
    const { id } = await dispatched({ issuers: [one], main: [two] })
    return { as: two.keys.clerk, query: { act: 'sign-for', document: id } }
  },
  return: async (box) => {
    const [one, two] = box.units
    const { id } = await dispatched({ issuers: [one], main: [two] })
    return { as: two.keys.clerk, query: { act: 'return', document: id, reason: '缺少附件' } }
  },
  register: async (box) => {
    const roster = await handIn(box, 5 + (made++ % 7))
    return { as: box.officer.login, query: { act: 'register', roster } }
  },
  appoint: (box) => {
    const id = `auditor-${String(++made)}`
    return Promise.resolve({
      as: box.officer.login,
      query: { act: 'appoint', id, role: 'auditor' },
    })
  },
  'issue-code': async (box) => {
    const id = `administrator-${String(++made)}`
    await openCode(box, { id, role: 'administrator', approval: 'officer' })
    return { as: box.officer.login, query: { act: 'issue-code', id } }
  },
  'approve-request': async (box) => {
    const request = await waitingRequest(box)
    return { as: box.officer.login, query: { act: 'approve-request', request } }
  },
  'approve-requests': async (box) => {
    const requests = requestsText([await waitingRequest(box), await waitingRequest(box)])
    return { as: box.officer.login, query: { act: 'approve-requests', requests } }
  },
  'refuse-request': async (box) => {
    const request = await waitingRequest(box)
    const query = { act: 'refuse-request', request, reason: '核对不符' } as const
    return { as: box.officer.login, query }
  },
  revoke: async (box) => {
    const { login } = await box.appoint(`leaver-${String(++made)}`, 'auditor')
    const query = { act: 'revoke', certificate: login.name, reason: 'superseded' } as const
    return { as: box.officer.login, query }
  },
  release: async (box) => {
    const { login } = await box.appoint(`returner-${String(++made)}`, 'auditor')
    await box.revoke(login, 'certificateHold')
    const query = { act: 'release', certificate: login.name } as const
    return { as: box.officer.login, query }
  },
  'propose-order': (box) => {
    const query = { act: 'propose-order', order: JSON.stringify(newOrder(box)), reason: '失窃' }
    return Promise.resolve({ as: box.officer.login, query: { ...query, act: 'propose-order' } })
  },
  countersign: async (box) => {
    const order = await proposedOrder(box, await secondOfficer(box))
    return { as: box.officer.login, query: { act: 'countersign', order } }
  },
  'withdraw-order': async (box) => {
    const order = await proposedOrder(box, box.officer)
    return { as: box.officer.login, query: { act: 'withdraw-order', order } }
  },
}

/** That a unit's seal is compromised: another moment each time. */
export function newOrder(box: TestBox): Order {
  const from = new Date(Date.now() - ++made * 1000).toISOString()
  const certificate = box.units[2].keys.seal.name
  return { act: 'state-compromise', certificate, from, to: null, serials: null }
}

const seconds = new WeakMap<TestBox, Promise<TestPerson>>()

/** Another officer of the box, enrolled once. */
export function secondOfficer(box: TestBox): Promise<TestPerson> {
  const known = seconds.get(box) ?? box.appoint('officer-second', 'officer')
  seconds.set(box, known)
  return known
}

/** An order that this officer proposed; gives its name. */
export async function proposedOrder(
  box: TestBox,
  by: TestPerson,
  order: Order = newOrder(box),
): Promise<string> {
  const signed = await box.sign(by.signing, {
    ...{ type: 'sealbox.order', signer: by.holder, order, reason: '失窃' },
    expires: new Date(Date.now() + 86_400_000).toISOString(),
  })
  const reply = await box.act('/api/v1/orders/acts/propose', { as: by.login, json: signed })
  if (reply.status !== 201) throw new Error(reply.text)
  return String(reply.json['order'])
}

/** Hands in a roster of one unit of the model district; gives its hash. */
export async function handIn(box: TestBox, at: number): Promise<string> {
  const unit = modelDistrict[at]
  if (unit === undefined) throw new RangeError('no such unit')
  const json = { roster: toBase64(writeRoster([unit])) }
  const reply = await box.act('/api/v1/units/acts/check', { as: box.officer.login, json })
  if (reply.status !== 200) throw new Error(reply.text)
  return String(reply.json['roster'])
}

/** Somebody redeems a code; gives the name of the request that waits. */
async function waitingRequest(box: TestBox): Promise<string> {
  const code = await openCode(box, {
    id: `waits-${String(++made)}`,
    role: 'auditor',
    approval: 'officer',
  })
  const requests = await Promise.all(
    ['auditor-client', 'auditor-signing'].map(async (profile) => {
      const key = await makeUnitKey()
      return { profile, request: toBase64(await makeRequest({ key, commonName: profile })) }
    }),
  )
  const reply = await box.request({
    method: 'POST',
    path: '/api/v1/requests/acts/redeem',
    json: { code, requests },
    headers: { 'Idempotency-Key': `redeem-${code}` },
  })
  if (reply.status !== 202) throw new Error(reply.text)
  return String(reply.json['request'])
}
