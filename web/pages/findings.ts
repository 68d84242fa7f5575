/** Words for what the lint of drafts and the inspection of uploads found. Pure. */
import type { Language } from '../preferences.ts'
import type { View } from '../view.ts'

interface Found {
  readonly code?: unknown
  readonly message?: unknown
  readonly path?: unknown
  readonly page?: unknown
}

/** What a finding says in the reader's language, with the page where it knows one. */
export function findingWords(view: Pick<View, 'language' | 'w'>, finding: unknown): string {
  const { code, message, page } = (finding ?? {}) as Found
  const own = uploadWords[String(code)]
  const text = own === undefined ? messageIn(message, view.language, code) : view.w(own[0], own[1])
  return typeof page === 'number'
    ? `${text}${view.w(`（第 ${String(page)} 页）`, ` (page ${String(page)})`)}`
    : text
}

function messageIn(message: unknown, language: Language, code: unknown): string {
  if (typeof message === 'string') return message
  const words = (message ?? {}) as Partial<Record<Language, string>>
  return words[language] ?? String(code)
}

/** What inspection of an upload finds, in a clerk's words; drafts' findings carry their own. */
const uploadWords: Readonly<Record<string, readonly [string, string]>> = {
  NOT_A_PDF: ['不是 PDF 文件', 'This is no PDF.'],
  TOO_LARGE: ['文件过大', 'The file is too large.'],
  ENCRYPTED: ['文件已加密，请上传未加密的文件', 'The file is encrypted; upload one that is not.'],
  DAMAGED: [
    '文件已损坏，或不符合 PDF 格式',
    'The file is damaged or breaks the rules of the format.',
  ],
  STRAY_BYTES: [
    '文件在声明的版本之外还有数据',
    'Bytes lie outside the revisions that the file declares.',
  ],
  AMBIGUOUS_STREAM: [
    '文件的内容流有歧义，不同软件可能显示不同',
    'Readers may show this file differently.',
  ],
  PAGE_COUNT_WRONG: ['页数与文件声明的不符', 'The number of pages is not what the file says.'],
  PAGE_CONTENTS_WRONG: ['页面内容的结构不对', 'The content of a page is not well formed.'],
  OUTLINE_LOOP: ['书签形成循环', 'The outline is a loop.'],
  JAVASCRIPT: ['文件含有 JavaScript 程序', 'The file contains JavaScript.'],
  LAUNCH_ACTION: ['文件会启动其他程序', 'The file wants to start a program.'],
  SUBMIT_FORM_ACTION: ['文件会向外发送表单', 'The file wants to send form data.'],
  IMPORT_DATA_ACTION: ['文件会导入数据', 'The file wants to import data.'],
  REMOTE_GOTO_ACTION: ['文件会跳转到其他文件', 'The file leads into another file.'],
  EMBEDDED_GOTO_ACTION: ['文件会跳转到内嵌文件', 'The file leads into an embedded file.'],
  FILE_LINK: ['文件的链接指向其他文件', 'A link leads to a file or an unusual address.'],
  EMBEDDED_FILE: [
    '文件内嵌了其他文件，请作为附件单独上传',
    'The file contains other files; upload them as attachments.',
  ],
  MULTIMEDIA: ['文件含有音视频或三维内容', 'The file contains sound, film or 3D.'],
  XFA_FORM: ['文件含有 XFA 表单', 'The file contains an XFA form.'],
  EXTERNAL_STREAM: ['文件的内容在别的文件里', 'Content of the file lies in another file.'],
  EXTERNAL_REFERENCE: ['文件引用了别的文件', 'The file refers to another file.'],
  POSTSCRIPT: ['文件含有 PostScript 程序', 'The file contains PostScript.'],
  UNKNOWN_FILTER: ['文件使用了未知的压缩方式', 'A stream is packed in an unknown way.'],
  HIDDEN_BYTES: ['文件含有不属于任何对象的隐藏数据', 'The file contains hidden bytes.'],
  WEB_LINK: ['文件含有网页或邮件链接', 'The file has links to the web or mail.'],
  AUTOMATIC_ACTION: ['文件带有自动动作', 'The file acts by itself on some event.'],
  ACTION_CHAIN: ['文件带有连续动作', 'An action leads to further actions.'],
  NAMED_ACTION: [
    '文件带有菜单动作（如打印）',
    'An action asks the reader to do something, such as printing.',
  ],
  VIEW_ACTION: ['文件带有显示或隐藏内容的动作', 'An action hides, shows or resets something.'],
  CALCULATOR_FUNCTION: ['颜色由小程序计算', 'A colour is computed by a small program.'],
  FORM_FIELDS: ['文件带有可填写的表单', 'The file has form fields that can be filled in.'],
  ALREADY_SIGNED: [
    '文件已经带有签名，只能作为附件上传',
    'The file is signed already; it can only travel as an attachment.',
  ],
  CLASSIFIED_MARK: [
    '首页标有密级，本平台不得存储、传输涉密文件',
    'The first page bears a classified mark; nothing classified is stored here.',
  ],
  CLASSIFIED_WORDS: [
    '文中出现“绝密”“机密”或“秘密”字样，请确认不涉密',
    'The text speaks of secrets; make sure that it holds none.',
  ],
  TEXT_UNREADABLE: [
    '读不出文字，无法检查密级标志',
    'No text can be read, so no classified mark can be looked for.',
  ],
}
