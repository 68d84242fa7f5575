/** Hands in what the signer made from disk: the file `NAME.signed` is performed by the very handler of `POST /api/v1/signed`. */
import { signedSchema } from '../../exchange/unit/index.ts'
import { WebError } from '../errors.ts'
import { maxJsonBytes, parseBody, parseJson } from '../body.ts'
import { html, type Html } from '../html.ts'
import { messages } from '../messages.ts'
import { route, type Answer, type Request, type Route } from '../types.ts'
import type { View } from '../view.ts'
import { show } from './frame.ts'
import { codesIn, codeSheets, type GivenCode } from './officer/sheets.ts'

/** The page; `table` holds the row of `POST /api/v1/signed`. */
export function signedPageRoutes(table: readonly Route[]): readonly Route[] {
  const row = table.find(({ path, method }) => path === '/api/v1/signed' && method === 'POST')
  if (row === undefined) throw new TypeError('nothing performs what was signed')
  return [
    route({
      method: 'GET',
      path: '/signed',
      who: 'certified',
      summary: 'Page: hands in a `.signed` file',
      handle: (request) => page(request),
    }),
    route({
      method: 'POST',
      path: '/signed',
      who: 'certified',
      summary: 'Performs the act of a `.signed` file, once however often it is sent',
      form: 'files',
      handle: (request) => handIn(row, request),
    }),
  ]
}

async function handIn(row: Route, request: Request): Promise<Answer> {
  const { view, form } = request
  const { w } = view
  const [file] = form.files.get('file') ?? []
  if (file === undefined) {
    return page(request, w('请选择 .signed 文件。', 'Choose the .signed file.'))
  }
  const value = jsonIn(file.bytes)
  const parsed = signedSchema.safeParse(value)
  if (!parsed.success) return page(request, messages.SIGNED_MALFORMED[view.language])
  // What the act itself refuses is an error like any other, and stands in the journal.
  const answer = await row.handle({ ...request, body: parseBody(row, value) })
  const codes = codesIn('json' in answer ? answer.json : undefined)
  return codes.length > 0 ? sheetsPage(request, codes) : { redirect: placeOf(parsed.data.path) }
}

/** The JSON of a file, or undefined; one that the act itself would not take is not read. */
function jsonIn(bytes: Uint8Array): unknown {
  if (bytes.length > maxJsonBytes) return undefined
  try {
    return parseJson(bytes)
  } catch (error) {
    if (error instanceof WebError) return undefined
    throw error
  }
}

/** Where it is seen what an act did: the page of what its path names. */
export function placeOf(path: string): string {
  const [, kind, name = ''] =
    /^\/api\/v1\/(documents|certificates|requests)\/([0-9a-z]+)\/acts\//.exec(path) ?? []
  return kind === undefined ? '/' : `/${kind}/${name}`
}

async function sheetsPage(request: Request, codes: readonly GivenCode[]): Promise<Answer> {
  const { view, parts } = request
  const units = await parts.directory.units()
  const names = new Map(units.map(({ uscc, name }) => [uscc, name]))
  const root = parts.authority.chain.at(-1) ?? new Uint8Array()
  return show(request, {
    title: view.w('注册单', 'Enrolment sheets'),
    main: codeSheets(view, codes, { names, root }),
  })
}

function page(request: Request, wrong?: string): Promise<Answer> {
  const { view } = request
  const title = view.w('提交签署结果', 'Hand in what was signed')
  return show(request, {
    title,
    ...(wrong !== undefined && { status: 422 }),
    main: html`<h1>${title}</h1>
      <p class="sub">
        ${view.w('在 U 盘上的签署页面签好之后，把得到的 .signed 文件交到这里；同一个文件交几次都只办一次。', 'Hand in the .signed file that the signer on your stick gave you; handed in twice, it is done once.')}
      </p>
      ${form(view, wrong)}`,
  })
}

function form({ w }: View, wrong: string | undefined): Html {
  const bad = wrong !== undefined
  return html`<form method="post" action="/signed" enctype="multipart/form-data">
    <div class="field">
      <label for="file">${w('签署结果', 'The signed file')}</label>
      <input
        type="file"
        id="file"
        name="file"
        accept=".signed"
        required
        ${bad && html` aria-invalid="true" aria-describedby="file-wrong"`}
      />
      ${bad && html`<p class="wrong" id="file-wrong" role="alert">${wrong}</p>`}
    </div>
    <button class="btn seal" data-next>${w('提交', 'Hand in')}</button>
  </form>`
}
