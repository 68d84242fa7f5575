/** Roll-over ceremonies of the root and of the issuing authority, rehearsed with throw-away keys first (ADR 23). */
import {
  createDistrict,
  createMemoryKeys,
  crlDays,
  crlIssuedEntry,
  boxActor,
  issuerId,
  rollOverIssuing,
  rollOverRoot,
  serviceKeyName,
  serviceViewKey,
  sha256Hex,
  splitRootKey,
  suiteOf,
  urlsBelow,
  type KeyFolder,
  type MemoryKeys,
  type RolledRoot,
  type RollOverParts,
  type SignatureAlgorithm,
  type Signer,
} from '../../ca/index.ts'
import type { Minutes } from '../../provisioning/index.ts'
import { isTokenKey } from '../box/keys.ts'
import { identityOf, type BoxAtRest } from './box_at_rest.ts'
import { tryShares } from './init.ts'
import { conclude, freshRootList, rootInHand, type Concluded, type Held } from './later.ts'
import { pemPaper, rootPapers, type Paper } from './papers.ts'
import { checkKeeping, refused, type Keeping } from './plan.ts'
import { certificateRow, listRow } from './record.ts'

export const rolledRoles = ['root', 'issuing'] as const
export type RolledRole = (typeof rolledRoles)[number]

/** Holds the ceremony of one role. Throws `CEREMONY_REFUSED`, `CA_PROFILE_VIOLATED`, and what keys, shares and journal throw. */
export async function holdRollOver(held: Held, role: RolledRole): Promise<Concluded> {
  const rehearsal = await rehearseRollOver(held.box, role)
  return role === 'root' ? holdRoot(held, rehearsal) : holdIssuing(held, rehearsal)
}

/**
 * Everything with throw-away keys, below a throw-away root of the same name: each certificate linted, nothing signed by a key that
 * stays. Throws `CA_PROFILE_VIOLATED`.
 */
export async function rehearseRollOver(
  box: BoxAtRest,
  role: RolledRole,
): Promise<Minutes['rehearsal']> {
  const keys = createMemoryKeys()
  const algorithm = algorithmOf(box)
  const { file, clock, random } = box
  const { root } = await createDistrict({
    ...{ box: identityOf(file), keys, clock, random, algorithm, urls: urlsBelow(file.pkiUrl) },
  })
  if (role === 'root') {
    await keys.generate('new', algorithm)
    const roots = [...box.authority.roots.slice(0, -1), root.certificate]
    const key = await keys.openKey('new')
    const { oldWithNew } = await rollOverRoot(partsOf(box), { roots, old: root, key })
    return { certificates: 2 + oldWithNew.length, lists: 0 }
  }
  await rollOverIssuing(partsOf(box), { root, keys, generations: generationsOf(box), algorithm })
  return { certificates: 2, lists: 0 }
}

async function holdRoot(held: Held, rehearsal: Minutes['rehearsal']): Promise<Concluded> {
  const { box, inHand, plan } = held
  const { roots } = box.authority
  const isTrial = box.file.mode === 'trial'
  const keeping = isTrial ? undefined : keepingOf(plan.keeping)
  const generation = roots.length + 1
  const name = serviceKeyName('root', generation)
  const memory = createMemoryKeys()
  const store: KeyFolder = isTrial ? box.keys : memory
  if (!(await store.has(name))) await store.generate(name, algorithmOf(box))
  const key = await store.openKey(name)
  const rolled = await rollOverRoot(partsOf(box), { roots, old: inHand.root, key })
  const split = keeping && (await splitNew(held, { keeping, memory, name, root: rolled.root }))
  const lists = await listsOfBoth(held, rolled.root)
  const fresh = crlIssuedEntry({
    ...{ issuer: issuerId(rolled.root.certificate), actor: boxActor, at: box.clock.now() },
    crlValidForDays: crlDays.root,
  })
  return conclude(held, {
    ...{ kind: 'root-roll-over', root: sha256Hex(rolled.root.certificate), rehearsal },
    entries: [...rolled.entries, ...(isTrial ? [fresh] : lists.map(({ list }) => list.entry))],
    expect: [{ key: serviceViewKey('root', generation), version: null }],
    certificates: rootRows(rolled, { generation, store: isTrial ? 'file' : 'shares' }),
    lists: lists.map((one) => listRow(one.key, one.list)),
    shares: keeping
      ? { needed: keeping.needed, custodians: keeping.custodians.map((one) => one.name) }
      : null,
    papers: [...(split ? rootPapers(split) : []), ...anchorPapers(rolled, lists)],
  })
}

async function holdIssuing(held: Held, rehearsal: Minutes['rehearsal']): Promise<Concluded> {
  const { box, inHand } = held
  const generations = generationsOf(box)
  const algorithm = algorithmOf(box)
  const { root } = inHand
  const rolled = await rollOverIssuing(partsOf(box), {
    ...{ root, keys: box.keys, generations, algorithm },
  })
  const list = await freshRootList(box, root)
  const store = box.file.token && isTokenKey('issuing') ? 'token' : 'file'
  const row = (role: 'issuing' | 'ocsp', certificate: Uint8Array) => {
    const generation = generations[role] + 1
    const key = serviceKeyName(role, generation)
    return certificateRow({ key, role, generation, certificate, store, algorithm })
  }
  return conclude(held, {
    ...{ kind: 'issuing-roll-over', root: rootInHand(held), rehearsal },
    entries: [...rolled.entries, ...(list ? [list.entry] : [])],
    expect: (['issuing', 'ocsp'] as const).map((role) => ({
      key: serviceViewKey(role, generations[role] + 1),
      version: null,
    })),
    certificates: [row('issuing', rolled.certificate), row('ocsp', rolled.ocsp)],
    lists: list ? [listRow(serviceKeyName('root', generations.root), list)] : [],
    papers: [pemPaper('issuing.pem', { certificates: [rolled.certificate] })],
  })
}

interface NamedList {
  readonly key: string
  readonly list: NonNullable<Awaited<ReturnType<typeof freshRootList>>>
}

/** Of both roots while both keys are in hand; none of a trial box. */
async function listsOfBoth({ box, inHand }: Held, next: Signer): Promise<NamedList[]> {
  const generation = box.authority.roots.length
  const lists = [
    { key: serviceKeyName('root', generation), list: await freshRootList(box, inHand.root) },
    { key: serviceKeyName('root', generation + 1), list: await freshRootList(box, next) },
  ]
  return lists.flatMap(({ key, list }) => (list ? [{ key, list }] : []))
}

async function splitNew(
  { box, ceremony }: Held,
  of: {
    readonly keeping: Keeping
    readonly memory: MemoryKeys
    readonly name: string
    readonly root: Signer
  },
): Promise<Awaited<ReturnType<typeof splitRootKey>>> {
  const { keeping, memory, name, root } = of
  const split = await splitRootKey({
    ...{ privateKey: memory.exportPkcs8(name), root: root.certificate, ceremony },
    ...{ districtName: box.file.districtName, random: box.random, ...keeping },
  })
  await tryShares(keeping, { split, root: root.certificate })
  return split
}

function keepingOf(keeping: Keeping | undefined): Keeping {
  if (!keeping) throw refused('a new root key needs custodians: name them in the answers')
  checkKeeping(keeping)
  return keeping
}

function rootRows(
  { root, newWithOld, oldWithNew }: RolledRoot,
  of: { readonly generation: number; readonly store: 'file' | 'shares' },
): Minutes['certificates'] {
  const { generation, store } = of
  const { algorithm } = root
  const link = (key: string, certificate: Uint8Array) =>
    certificateRow({ key, certificate, role: 'root-link', generation, algorithm, store: 'none' })
  return [
    certificateRow({
      key: serviceKeyName('root', generation),
      ...{ certificate: root.certificate, role: 'root', generation, algorithm, store },
    }),
    link('new-with-old', newWithOld),
    ...oldWithNew.map((one, at) => link(`${serviceKeyName('root', at + 1)}-with-new`, one)),
  ]
}

/** The new root; and it with the links and its list, by which what is old verifies by the new fingerprint alone. */
function anchorPapers({ root, oldWithNew, newWithOld }: RolledRoot, lists: NamedList[]): Paper[] {
  const certificates = [root.certificate, ...oldWithNew, newWithOld]
  return [
    pemPaper('root.pem', { certificates: [root.certificate] }),
    pemPaper('anchors.pem', { certificates, crls: lists.map(({ list }) => list.crl) }),
  ]
}

function partsOf({ file, random, clock }: BoxAtRest): RollOverParts {
  return { box: identityOf(file), random, at: clock.now(), origin: file.pkiUrl }
}

function generationsOf({ services }: BoxAtRest): Record<'root' | 'issuing' | 'ocsp', number> {
  const { root, issuing, ocsp } = services
  return { root: root.length, issuing: issuing.length, ocsp: ocsp.length }
}

/** The suite that the box was made with. */
function algorithmOf({ authority }: BoxAtRest): Exclude<SignatureAlgorithm, 'ed25519'> {
  const [issuing = new Uint8Array()] = authority.chain
  return suiteOf(issuing) === 'rsa-sha256' ? 'rsa-sha256' : 'ecdsa-p256-sha256'
}
