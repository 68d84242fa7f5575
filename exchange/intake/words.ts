/** The words for what is found in an upload, in both languages; for pages, the API and the command line alike. Pure. */
import type { PdfFindingCode } from '../pdf/index.ts'
import type { ScanFindingCode } from './scanner.ts'

/** Codes of the inspection of PDFs, and of what else looks at an upload. */
export type UploadCode =
  PdfFindingCode | ScanFindingCode | 'CLASSIFIED_MARK' | 'CLASSIFIED_WORDS' | 'TEXT_UNREADABLE'

/** What inspection of an upload finds, in a clerk's words: Chinese, English. */
const uploadWords: Readonly<Record<UploadCode, readonly [string, string]>> = {
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
  STRANGE_KEY: [
    '页面结构里有含糊的名称，不同软件可能显示不同',
    'A name in the structure of the pages is ambiguous; readers may show the file differently.',
  ],
  OBJECTS_OVERLAP: [
    '文件中两个对象共用同一段数据，不同软件可能显示不同',
    'Two objects share bytes of the file; readers may show it differently.',
  ],
  AMBIGUOUS_REFERENCES: [
    '文件有两套互相矛盾的索引，不同软件可能显示不同',
    'The file has two indexes that disagree; readers may show it differently.',
  ],
  COVERED_TEXT: [
    '有文字被图片或色块完全遮住，盖章后可能被露出来',
    'Text lies hidden under a picture or a filled area, and could be brought out after sealing.',
  ],
  COVERED_PICTURE: [
    '有图片被别的内容完全遮住，盖章后可能被露出来',
    'A picture lies wholly under something else, and could be brought out after sealing.',
  ],
  COVERED_DRAWING: [
    '图片下面藏有绘制的内容，盖章后可能被露出来',
    'Something drawn lies wholly under a picture, and could be brought out after sealing.',
  ],
  COVERED_BY_ANNOTATION: [
    '批注或表单域遮住了页面内容',
    'A comment or form field hides what is on the page.',
  ],
  HIDDEN_LAYER: [
    '页面上有关闭的图层，盖章后可能被打开',
    'The page has content on a layer that is switched off, and could be switched on after sealing.',
  ],
  SCREEN_AND_PAPER_DIFFER: [
    '文件用图层使屏幕显示与打印结果不同',
    'Layers make the file show other things on screen than on paper.',
  ],
  HIDDEN_ANNOTATION: ['页面上有隐藏的批注或表单域', 'The page has a hidden comment or form field.'],
  HIDDEN_PAGE: [
    '文件里藏有不显示的页面，请重新导出为 PDF',
    'The file contains a page that it does not show; export it to PDF anew.',
  ],
  HIDDEN_CONTENT: [
    '文件里藏有任何页面都不显示的图片或内容，请重新导出为 PDF',
    'The file contains pictures or content that no page shows; export it to PDF anew.',
  ],
  DANGLING_REFERENCE: [
    '页面引用的内容文件里没有，盖章后可能被补上',
    'The page uses something that the file does not contain, and that could be supplied after sealing.',
  ],
  ALTERNATE_PICTURE: [
    '图片另有打印时用的替换图',
    'A picture has another one that is used for printing.',
  ],
  FIELD_SHOWS_OTHER: [
    '表单域实际的值与显示的不同',
    'A form field holds another value than the page shows.',
  ],
  SIGNATURE_FIELD_LARGE: [
    '页面上有很大的空白签名域，日后可能遮住正文',
    'An empty signature field is so large that it could cover the page later.',
  ],
  FONT_DRAWS_NOTHING: [
    '有文字使用了不显示字形的字体',
    'Some text uses a font whose letters draw nothing.',
  ],
  FONT_MAP_FALSE: [
    '字体显示的字与实际的文字不同（复制、检索得到的是别的字）',
    'A font shows other characters than the text says; copying and searching give different words.',
  ],
  CONTENT_UNREADABLE: ['页面内容无法解开，不能检查', 'The content of the page cannot be unpacked.'],
  TOO_MUCH_CONTENT: [
    '内容太多，无法全部检查，请拆分文件',
    'There is more content than can be looked through; split the file.',
  ],
  PERHAPS_COVERED_TEXT: [
    '有文字可能被遮住，请核对',
    'Some text may be hidden under something else; please check.',
  ],
  INVISIBLE_TEXT: [
    '有看不见的文字（例如扫描件的识别文字）',
    'There is text that cannot be seen, such as that of a scanned page.',
  ],
  LAYERS: ['页面内容分图层', 'The page has content on layers.'],
  COMMENTS: ['页面带有批注或图章等标记', 'The page has comments, stamps or other marks on it.'],
  SIGNATURE_FIELD: ['页面上有空白签名域', 'The page has an empty signature field.'],
  FIELD_DRAWN_BY_READER: [
    '表单域由各阅读软件自行显示，可能不一致',
    'A form field is drawn by each program in its own way.',
  ],
  FIELD_DEFAULT_DIFFERS: ['表单重置后内容会不同', 'Resetting the form would bring another value.'],
  FONT_NOT_EMBEDDED: [
    '字体没有嵌入文件，别的电脑上字形可能不同',
    'A font is not in the file; another machine may show another.',
  ],
  TEXT_WITHOUT_MEANING: ['部分文字无法复制和检索', 'Some text can neither be copied nor searched.'],
  CONTENT_STRANGE: [
    '页面含有无法识别的绘图指令',
    'The page has drawing instructions that nobody knows.',
  ],
  EARLIER_VERSIONS: ['文件里还保留着修改前的版本', 'The file still contains its earlier versions.'],
  PRINTER_SETTINGS: [
    '文件带有印刷设备的设置，打印颜色可能不同',
    'The file carries settings of a printing machine; colours on paper may differ.',
  ],
  RESET_ACTION: ['文件带有重置表单的动作', 'An action resets the form.'],
  WEB_LINK: ['文件含有网页或邮件链接', 'The file has links to the web or mail.'],
  AUTOMATIC_ACTION: ['文件带有自动动作', 'The file acts by itself on some event.'],
  ACTION_CHAIN: ['文件带有连续动作', 'An action leads to further actions.'],
  NAMED_ACTION: [
    '文件带有菜单动作（如打印）',
    'An action asks the reader to do something, such as printing.',
  ],
  VIEW_ACTION: ['文件带有显示或隐藏内容的动作', 'An action hides or shows something.'],
  CALCULATOR_FUNCTION: ['颜色由小程序计算', 'A colour is computed by a small program.'],
  FORM_FIELDS: ['文件带有可填写的表单', 'The file has form fields that can be filled in.'],
  ALREADY_SIGNED: [
    '文件已经带有签名，只能作为附件上传',
    'The file is signed already; it can only travel as an attachment.',
  ],
  VIRUS_FOUND: [
    '病毒检查发现可疑内容，文件未保存',
    'The virus check found something; the file was not kept.',
  ],
  ENCRYPTED_ARCHIVE: [
    '压缩包已加密，无法检查病毒，请上传未加密的文件',
    'The archive is encrypted and cannot be scanned; upload one that is not.',
  ],
  SCAN_INCOMPLETE: [
    '文件太大、嵌套太深或太多，病毒检查无法看完，请拆分后上传',
    'The file is too large or too deeply nested to be scanned to its end; split it.',
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

/** The words of a code; undefined for one that is not of an upload. */
export function uploadWordsOf(
  code: string,
): { readonly zh: string; readonly en: string } | undefined {
  if (!Object.hasOwn(uploadWords, code)) return undefined
  const [zh, en] = uploadWords[code as UploadCode]
  return { zh, en }
}
