/** Reads the data that a page of one file carries along (`bundle.ts`: `carries`). Runs in the browser. */
import { fromBase64 } from '../../ca/path/index.ts'

/** The bytes of the block with this id; a page that was cut short throws. */
export async function carriedBytes(id: string): Promise<Uint8Array<ArrayBuffer>> {
  const text = document.getElementById(id)?.textContent
  if (text === undefined) throw new Error(`the page carries no ${id}`)
  const packed = new Blob([new Uint8Array(fromBase64(text))])
  const unpacked = packed.stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(unpacked).arrayBuffer())
}
