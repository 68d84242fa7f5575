/**
 * What this browser remembers, as JSON by name. Where storage is refused (private windows, policy) it is kept for the life of the
 * page, and `lasts` says so.
 */

export interface Store {
  /** Whether it outlives the page. */
  readonly lasts: boolean
  /** What is there, or undefined; also for what cannot be read. */
  read(key: string): unknown
  write(key: string, value: unknown): void
  remove(key: string): void
  /** Names that begin so. */
  keys(prefix: string): string[]
}

type Area = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/** A store over the browser's own, or over nothing. */
export function createStore(area: Area | undefined): Store {
  const place = area ?? pageLong()
  return {
    lasts: area !== undefined,
    read: (key) => parse(place.getItem(key)),
    write: (key, value) => {
      place.setItem(key, JSON.stringify(value))
    },
    remove: (key) => {
      place.removeItem(key)
    },
    keys: (prefix) =>
      Array.from({ length: place.length }, (_, at) => place.key(at))
        .filter((key) => key !== null)
        .filter((key) => key.startsWith(prefix)),
  }
}

/** The browser's storage, if it may be written to. */
export function browserArea(): Storage | undefined {
  const probe = 'sealbox/probe'
  try {
    localStorage.setItem(probe, probe)
    localStorage.removeItem(probe)
    return localStorage
  } catch {
    return undefined
  }
}

function parse(text: string | null): unknown {
  if (text === null) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function pageLong(): Area {
  const kept = new Map<string, string>()
  return {
    get length() {
      return kept.size
    },
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    key: (at) => [...kept.keys()][at] ?? null,
  }
}
