/**
 * The journal's own records among the views: where each entry stands, the Merkle nodes, and how far the views have come. Pure.
 * All of them can be made again from the segments.
 */
import { concat, utf8, type Sha256 } from '../bytes.ts'
import { keys } from './keyspace.ts'
import { addLeaf, leafHash, type Frontier, type NodeAt } from './merkle.ts'
import type { Entry } from './types.ts'
import { openValue, sealValue, type Operation } from './views.ts'

const recordVersion = 1

/** Where an entry's line stands. */
export interface Place {
  readonly segment: number
  readonly offset: number
  readonly length: number
  /** Its leaf hash: node `(0, index)` of the tree. */
  readonly hash: Uint8Array
}

/** An entry that is durable, and where. */
export interface LocatedEntry {
  readonly entry: Entry
  readonly bytes: Uint8Array
  readonly segment: number
  readonly offset: number
}

/** What the views contain: the first `size` entries of the journal whose last frame header hashes to `head`. */
export interface Applied {
  readonly size: number
  readonly head: Sha256
  readonly foldsVersion: number
}

/** The records of new entries, and the tree after them. */
export function entryOperations(
  frontier: Frontier,
  located: readonly LocatedEntry[],
): { operations: Operation[]; frontier: Frontier } {
  const operations: Operation[] = []
  let tree = frontier
  for (const { entry, bytes, segment, offset } of located) {
    const place = { segment, offset, length: bytes.length, hash: leafHash(bytes) }
    operations.push(put(keys.entry(entry.index), encodePlace(place)))
    const added = addLeaf(tree, place.hash)
    for (const node of added.completed.slice(1)) operations.push(put(keys.node(node), node.hash))
    tree = added.frontier
  }
  return { operations, frontier: tree }
}

/** The record of how far the views have come. */
export function appliedOperation(applied: Applied): Operation {
  return put(keys.applied, utf8(JSON.stringify({ v: recordVersion, ...applied })))
}

/** Reads the record of how far the views have come; undefined if it is damaged or of another version. */
export function readApplied(stored: Uint8Array): Applied | undefined {
  try {
    const text = new TextDecoder().decode(openValue(keys.applied, stored))
    const record = JSON.parse(text) as Applied & { v: number }
    return record.v === recordVersion ? record : undefined
  } catch {
    return undefined
  }
}

/** Reads where entry `index` stands; throws `VIEW_DAMAGED`. */
export function readPlace(index: number, stored: Uint8Array): Place {
  const rest = openValue(keys.entry(index), stored)
  const numbers = new DataView(rest.buffer, rest.byteOffset, rest.byteLength)
  return {
    segment: numbers.getUint32(0),
    offset: Number(numbers.getBigUint64(4)),
    length: numbers.getUint32(12),
    hash: rest.slice(16),
  }
}

/** The key under which a node's hash is found, and how to read it from there; reading throws `VIEW_DAMAGED`. */
export function nodeRecord(node: NodeAt): {
  key: string
  read: (stored: Uint8Array) => Uint8Array
} {
  if (node.level === 0) {
    return { key: keys.entry(node.index), read: (stored) => readPlace(node.index, stored).hash }
  }
  const key = keys.node(node)
  return { key, read: (stored) => openValue(key, stored) }
}

function encodePlace({ segment, offset, length, hash }: Place): Uint8Array {
  const numbers = new DataView(new ArrayBuffer(16))
  numbers.setUint32(0, segment)
  numbers.setBigUint64(4, BigInt(offset))
  numbers.setUint32(12, length)
  return concat(new Uint8Array(numbers.buffer), hash)
}

function put(key: string, rest: Uint8Array): Operation {
  return { type: 'put', key, value: sealValue(key, rest) }
}
