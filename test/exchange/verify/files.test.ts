/** Which files are verified, and which stand beside another one. */
import test from 'ava'
import { companionNames, groupsOf, requestsOf } from '../../../exchange/verify/index.ts'

const of = (...names: string[]) =>
  names.map((name) => ({ name, bytes: new TextEncoder().encode(name) }))
const common = { trust: [], at: new Date(0) }

test('a statement is read with its signature, any file with its evidence record', (t) => {
  t.deepEqual(companionNames('a/b.receipt.json'), ['a/b.receipt.json.p7s', 'a/b.receipt.json.ers'])
  t.deepEqual(companionNames('a.pdf'), ['a.pdf.ers'])
  t.deepEqual(companionNames('a.pdf.ers'), [])
  t.deepEqual(companionNames('a.compromise.json'), ['a.compromise.json.ers'])
})

test('each file is asked of once, in the order given, with what stands beside it', (t) => {
  const files = of('x/a.json.p7s', 'x/a.json', 'b.pdf', 'b.pdf.ers', 'b.pdf')
  const requests = requestsOf(files, common)
  t.deepEqual(
    requests.map(({ name }) => name),
    ['a.json', 'b.pdf'],
  )
  t.deepEqual(requests[0]?.companions?.signature, files[0]?.bytes)
  t.deepEqual(requests[1]?.companions?.evidenceRecords, [files[3]?.bytes])
})

test('a signature of another folder does not stand beside a statement', (t) => {
  t.deepEqual(groupsOf(['x/a.json', 'y/a.json.p7s']), [['x/a.json'], ['y/a.json.p7s']])
})

test('a companion whose file was not given is verified by itself rather than left out', (t) => {
  t.deepEqual(groupsOf(['a.json.p7s', 'b.pdf.ers']), [['a.json.p7s'], ['b.pdf.ers']])
  t.deepEqual(groupsOf(['a.pdf.p7s', 'a.pdf']), [['a.pdf.p7s'], ['a.pdf']])
})
