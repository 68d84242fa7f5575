/** Everything that a later revision of a PDF can have done, in words that a clerk understands: one table, both languages. Typed over all codes. */

interface Words {
  readonly en: string
  readonly zh: string
  /** Whether a person sees it: then a seal before it is not INTACT, permitted or not (design 6). */
  readonly visible: boolean
}

export const changeTable = {
  EVIDENCE_ADDED: {
    en: 'document security store',
    zh: '补充了长期验证数据',
    visible: false,
  },
  DOCUMENT_TIMESTAMP_ADDED: {
    en: 'document timestamp',
    zh: '加盖了文档时间戳',
    visible: false,
  },
  SIGNATURE_ADDED: {
    en: 'further signature',
    zh: '又加盖了一枚印章（签名）',
    visible: false,
  },
  SIGNATURE_FIELD_ADDED: {
    en: 'an empty place for a further signature was added',
    zh: '增加了一个待签名的空位',
    visible: false,
  },
  METADATA_CHANGED: {
    en: 'information about the file, such as its date of change, was updated',
    zh: '更新了文件属性（如修改日期）',
    visible: false,
  },
  VERSION_RAISED: {
    en: 'the file says that it uses a newer version of the format',
    zh: '文件声明采用更新的格式版本',
    visible: false,
  },
  STRUCTURE_CHANGED: {
    en: 'the hidden outline for screen readers was updated',
    zh: '更新了供读屏软件使用的隐藏结构',
    visible: false,
  },
  FIELD_FILLED: {
    en: 'a form field was filled in or changed',
    zh: '填写或更改了表单内容',
    visible: true,
  },
  FIELD_LOCKED: {
    en: 'a form field that a signature had locked was changed',
    zh: '更改了已被签名锁定的表单内容',
    visible: true,
  },
  FIELD_ADDED: {
    en: 'a form field was added',
    zh: '多出一个表单项',
    visible: true,
  },
  FIELD_ALTERED: {
    en: 'how a form field looks or behaves was changed',
    zh: '更改了表单项的外观或行为',
    visible: true,
  },
  FORM_CHANGED: {
    en: 'rules of the form were changed',
    zh: '更改了表单的规则',
    visible: true,
  },
  ANNOTATION_ADDED: {
    en: 'a stamp, text box or other note was added',
    zh: '多出一个图章、文字框或其他批注',
    visible: true,
  },
  ANNOTATION_CHANGED: {
    en: 'a stamp, text box or other note was changed',
    zh: '更改了图章、文字框或其他批注',
    visible: true,
  },
  ANNOTATION_REMOVED: {
    en: 'a stamp, text box or other note was taken away',
    zh: '去掉了图章、文字框或其他批注',
    visible: true,
  },
  MARK_CHANGED: {
    en: 'the mark of an earlier signature was changed or taken away',
    zh: '更改或去掉了先前签名的印章图样',
    visible: true,
  },
  MARK_WITHOUT_SIGNATURE: {
    en: 'a mark was added that looks like a signature and is none',
    zh: '多出一个图样像印章、实际没有签名的标记',
    visible: true,
  },
  MARK_OVER_MARK: {
    en: 'the mark of a further signature covers an earlier mark or note',
    zh: '后加的印章遮盖了先前的印章或批注',
    visible: true,
  },
  MARK_OVER_CONTENT: {
    en: 'the mark of a further signature covers text or pictures that were signed',
    zh: '后加的印章遮盖了已签署的文字或图片',
    visible: true,
  },
  MARK_TOO_LARGE: {
    en: 'the mark of a further signature takes too much of the page',
    zh: '后加的印章占页面过大',
    visible: true,
  },
  SIGNATURE_FORBIDDEN: {
    en: 'a further signature was added, which an earlier one forbids',
    zh: '先前的签名不允许再签，却又加盖了印章（签名）',
    visible: true,
  },
  PAGE_CONTENT_CHANGED: {
    en: 'text or drawings of the page were replaced',
    zh: '页面的文字或图形被替换',
    visible: true,
  },
  FONT_REPLACED: {
    en: 'a font was replaced, so that letters or digits can look different',
    zh: '字体被替换，文字、数字可能显示成别的样子',
    visible: true,
  },
  PICTURE_REPLACED: {
    en: 'a picture or drawn part was replaced',
    zh: '图片或图形被替换',
    visible: true,
  },
  RESOURCE_REPLACED: {
    en: 'colours, patterns or other means of drawing were replaced',
    zh: '颜色、图案或其他绘图资源被替换',
    visible: true,
  },
  PAGE_FRAME_CHANGED: {
    en: 'size, visible part, turn or another property of the page was changed',
    zh: '更改了页面的尺寸、可见范围、方向或其他属性',
    visible: true,
  },
  PAGES_ADDED: {
    en: 'pages were added',
    zh: '增加了页面',
    visible: true,
  },
  PAGES_REMOVED: {
    en: 'pages were taken away',
    zh: '减少了页面',
    visible: true,
  },
  PAGES_EXCHANGED: {
    en: 'pages were replaced or put in another order',
    zh: '页面被替换或调换了顺序',
    visible: true,
  },
  LAYERS_CHANGED: {
    en: 'which layers are shown was changed',
    zh: '更改了图层的显示与隐藏',
    visible: true,
  },
  ACTION_ADDED: {
    en: 'something was added that acts by itself, such as a script',
    zh: '加入了会自动执行的内容（如脚本）',
    visible: true,
  },
  ATTACHED_FILES_CHANGED: {
    en: 'files inside the document were added or changed',
    zh: '增加或更改了内嵌文件',
    visible: true,
  },
  DOCUMENT_CHANGED: {
    en: 'a property of the whole document was changed',
    zh: '更改了整个文件的属性',
    visible: true,
  },
  OBJECT_REPLACED: {
    en: 'a part of the signed content was replaced',
    zh: '已签署内容的一部分被替换',
    visible: true,
  },
  OBJECT_REMOVED: {
    en: 'a part of the signed content was taken away',
    zh: '已签署内容的一部分被去掉',
    visible: true,
  },
  REFERENCE_FILLED: {
    en: 'content was put into a place that had been left open when it was signed',
    zh: '签署时预留的空缺被填入了内容',
    visible: true,
  },
  SHADOW_CONTENT: {
    en: 'content that lay hidden in an earlier part of the file was brought forward',
    zh: '先前隐藏在文件中的内容被调换出来',
    visible: true,
  },
  HIDDEN_BYTES: {
    en: 'bytes that belong to no part of the document were added',
    zh: '加入了不属于文件任何部分的数据',
    visible: true,
  },
  BYTES_AFTER_END: {
    en: 'something stands after the end of the file',
    zh: '文件结尾之后还有内容',
    visible: true,
  },
  AMBIGUOUS_UPDATE: {
    en: 'the addition can be read in two ways, so that programs may show different things',
    zh: '追加的部分有两种读法，不同软件可能显示不同内容',
    visible: true,
  },
  UPDATE_MALFORMED: {
    en: 'the addition is not built as the standard says',
    zh: '追加的部分结构不合标准',
    visible: true,
  },
  UPDATE_UNREADABLE: {
    en: 'the addition, or a part of it, cannot be read',
    zh: '追加的部分无法读取',
    visible: true,
  },
  TOO_MANY_UPDATES: {
    en: 'there are more additions than any honest file has',
    zh: '追加的次数超出正常范围',
    visible: true,
  },
} as const satisfies Record<string, Words>

export type ChangeCode = keyof typeof changeTable

/** `damaged`: an addition that cannot be read and that nothing shown leads to. */
export type ChangeEffect = 'permitted' | 'damaged' | 'forbidden'

/** One thing that a revision did. */
export interface RevisionChange {
  readonly effect: ChangeEffect
  readonly code: ChangeCode
  /** English, for people, with the place and what is special about the case; `changeText` has both languages. */
  readonly message: string
  /** From 1, where it can be told. */
  readonly page?: number
}

/** Where a change is and what is special about it. */
export interface ChangePlace {
  /** From 1. */
  readonly page?: number | undefined
  /** Names of objects and keys, for who looks into the file. */
  readonly detail?: string | undefined
}

/** A change with the words of the table. */
export function revisionChange(
  effect: ChangeEffect,
  code: ChangeCode,
  { page, detail }: ChangePlace = {},
): RevisionChange {
  const where = page === undefined ? '' : `page ${String(page)}: `
  const special = detail === undefined ? '' : ` (${detail})`
  const message = `${where}${changeTable[code].en}${special}`
  return { effect, code, message, ...(page !== undefined && { page }) }
}

/** A change in the words of a language; what is special about it stands only in English, in `message`. */
export function changeText({ code, page }: RevisionChange, language: 'zh' | 'en'): string {
  const text = changeTable[code][language]
  if (page === undefined) return text
  return language === 'zh' ? `第 ${String(page)} 页：${text}` : `page ${String(page)}: ${text}`
}

/** Whether a person sees the change, or it was not permitted: a seal before it is not INTACT any more. */
export function isObjection({ effect, code }: RevisionChange): boolean {
  return effect === 'forbidden' || (effect === 'permitted' && changeTable[code].visible)
}
