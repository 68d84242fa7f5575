/** Pages as a browser asks for them: with what it accepts, a language, and forms as it sends them. */
import type { Identity, Reply, TestBox } from '../box_fixture.ts'

export type Language = 'zh' | 'en'

export interface Browser {
  get(path: string, language?: Language): Promise<Reply>
  /** Sends fields as a form does; with files as `multipart/form-data`. */
  post(path: string, form: TestForm, language?: Language): Promise<Reply>
}

export interface TestForm {
  readonly fields?: Readonly<Record<string, string>>
  readonly files?: readonly {
    readonly field: string
    readonly fileName: string
    readonly bytes: Uint8Array | string
  }[]
}

/** A browser with this certificate, or none. */
export function browserOf(box: TestBox, as?: Identity): Browser {
  const headers = (language: Language) => ({
    Accept: 'text/html',
    'Accept-Language': language === 'zh' ? 'zh-CN' : 'en-GB',
  })
  return {
    get: (path, language = 'zh') =>
      box.request({ path, ...(as && { as }), headers: headers(language) }),
    post: async (path, { fields = {}, files }, language = 'zh') => {
      const whole = await encoded(fields, files)
      return box.request({
        method: 'POST',
        path,
        ...(as && { as }),
        body: whole.bytes,
        headers: {
          ...headers(language),
          'Content-Type': whole.type,
          'Sec-Fetch-Site': 'same-origin',
          Origin: `https://localhost:${String(box.port)}`,
        },
      })
    },
  }
}

async function encoded(
  fields: NonNullable<TestForm['fields']>,
  files: TestForm['files'],
): Promise<{ readonly type: string; readonly bytes: Uint8Array | string }> {
  if (files === undefined) {
    const bytes = new URLSearchParams(fields).toString()
    return { type: 'application/x-www-form-urlencoded', bytes }
  }
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  for (const { field, fileName, bytes } of files) {
    form.append(field, new File([Buffer.from(bytes)], fileName))
  }
  const response = new Response(form)
  return {
    type: response.headers.get('content-type') ?? '',
    bytes: new Uint8Array(await response.arrayBuffer()),
  }
}
