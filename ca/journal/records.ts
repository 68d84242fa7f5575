/**
 * The journal's own records among the views: where each entry stands, the Merkle nodes, and how far the views have come. Pure.
 * All of them can be made again from the segments.
 */
import { hash } from 'node:crypto'
import { utf8, type Sha256 } from '../bytes.ts'
import { keys } from './keyspace.ts'
import type { FramePlace } from './frame.ts'
import { addLeaf, leafHash, type Frontier, type NodeAt } from './merkle.ts'
import type { Entry } from './types.ts'
import { openValue, sealValue, type Operation } from './views.ts'

const recordVersion = 1
const placeBytes = 16
const hashBytes = 32

/** Where an entry's line stands, and what it adds to the tree. */
export interface Place {
  readonly segment: number
  readonly offset: number
  readonly length: number
  /** The full subtrees that the entry completes, by level: its leaf hash first. Together these are all nodes of the tree. */
  readonly nodes: readonly Uint8Array[]
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
    const added = addLeaf(tree, leafHash(bytes, sha256), sha256)
    const nodes = added.completed.map((node) => node.hash)
    const place = encodePlace({ segment, offset, length: bytes.length, nodes })
    operations.push(put(keys.entry(entry.index), place))
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

/** The record of a close in order: the frames behind this place were the last ones. */
export function closedOperation(lastFrames: FramePlace): Operation {
  return put(keys.closed, utf8(JSON.stringify({ v: recordVersion, lastFrames })))
}

/** Reads the record of a close in order; undefined if it is damaged or of another version. */
export function readClosed(stored: Uint8Array): FramePlace | undefined {
  try {
    const text = new TextDecoder().decode(openValue(keys.closed, stored))
    const record = JSON.parse(text) as { v: number; lastFrames: FramePlace }
    return record.v === recordVersion ? record.lastFrames : undefined
  } catch {
    return undefined
  }
}

/** Reads where entry `index` stands; throws `VIEW_DAMAGED`. */
export function readPlace(index: number, stored: Uint8Array): Place {
  const rest = openValue(keys.entry(index), stored)
  const numbers = new DataView(rest.buffer, rest.byteOffset, rest.byteLength)
  const nodes: Uint8Array[] = []
  for (let at = placeBytes; at < rest.length; at += hashBytes) {
    nodes.push(new Uint8Array(rest.subarray(at, at + hashBytes)))
  }
  return {
    segment: numbers.getUint32(0),
    offset: Number(numbers.getBigUint64(4)),
    length: numbers.getUint32(12),
    nodes,
  }
}

/** The entry that completes a full subtree: under its record the subtree's hash is kept. */
export function completingEntry({ level, index }: NodeAt): number {
  return (index + 1) * 2 ** level - 1
}

function encodePlace({ segment, offset, length, nodes }: Place): Uint8Array {
  const bytes = new Uint8Array(placeBytes + nodes.length * hashBytes)
  const numbers = new DataView(bytes.buffer)
  numbers.setUint32(0, segment)
  numbers.setBigUint64(4, BigInt(offset))
  numbers.setUint32(12, length)
  nodes.forEach((node, at) => {
    bytes.set(node, placeBytes + at * hashBytes)
  })
  return bytes
}

function put(key: string, rest: Uint8Array): Operation {
  return { type: 'put', key, value: sealValue(key, rest) }
}

/** As `ca/bytes.ts` has it, three times as fast. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', bytes, 'buffer'))
}
