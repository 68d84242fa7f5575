/** The files of a request are believed by their hash, wherever they came from. */
import test from 'ava'
import { sha256Hex, toBase64 } from '../../../ca/index.ts'
import { loadFiles, type RequestFile, type SignRequest } from '../../../exchange/unit/index.ts'

const bytes = new TextEncoder().encode('关于清查闲置办公用房的通知')
const other = new TextEncoder().encode('关于别的事的通知')
const sha256 = sha256Hex(bytes)
const href = '/api/v1/documents/x/files/pdf'
const requestOf = (file: object): SignRequest => {
  const files = [{ as: 'pdf', name: 'document.pdf', sha256, ...file } as RequestFile]
  return { files } as unknown as SignRequest
}

test('files are taken out of a request, or fetched from their places, under their hashes', async (t) => {
  t.deepEqual(await loadFiles(requestOf({ bytes: toBase64(bytes) })), new Map([[sha256, bytes]]))
  const asked: string[] = []
  const fetched = await loadFiles(requestOf({ href }), (place) => {
    asked.push(place)
    return Promise.resolve(bytes)
  })
  t.deepEqual(fetched, new Map([[sha256, bytes]]))
  t.deepEqual(asked, [href])
  t.deepEqual(await loadFiles(requestOf({})), new Map(), 'one that is only named is not there')
  t.deepEqual(await loadFiles(requestOf({ href })), new Map(), 'nor one that nobody can fetch')
})

test('refused: other bytes than the hash says, and what is no base64', async (t) => {
  const differs = { code: 'SIGN_REQUEST_FILE_DIFFERS' }
  await t.throwsAsync(loadFiles(requestOf({ bytes: toBase64(other) })), differs)
  await t.throwsAsync(
    loadFiles(requestOf({ href }), () => Promise.resolve(other)),
    differs,
  )
  await t.throwsAsync(loadFiles(requestOf({ bytes: '***' })), { code: 'SIGN_REQUEST_MALFORMED' })
})
