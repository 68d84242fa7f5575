/** What can be found of evidence bundles, of receipts against their dispatch, and of journal heads: rows of the one table (`findings.ts`). */

export const bundleFindings = {
  BUNDLE_CONTAINER_MALFORMED: {
    severity: 'error',
    en: 'The evidence bundle is not packed as it must be; something may hide in it.',
    zh: '证据包的打包方式不合规范，其中可能藏有内容。',
  },
  BUNDLE_MANIFEST_MALFORMED: {
    severity: 'error',
    en: 'The list of files in the evidence bundle is missing or not well formed.',
    zh: '证据包缺少文件清单，或者清单不合规范。',
  },
  BUNDLE_CONTENTS_MALFORMED: {
    severity: 'error',
    en: 'What the evidence bundle says of itself is missing or contradicts its files.',
    zh: '证据包对自身的说明缺失，或者与其中的文件不符。',
  },
  BUNDLE_FILE_MISSING: {
    severity: 'error',
    en: 'A file that the evidence bundle lists is not in it.',
    zh: '证据包清单列出的文件不在包中。',
  },
  BUNDLE_FILE_ALTERED: {
    severity: 'error',
    en: 'A file in the evidence bundle is not the one that it lists.',
    zh: '证据包中的文件与清单不符，已被改动。',
  },
  BUNDLE_FILE_UNLISTED: {
    severity: 'error',
    en: 'There is a file in the evidence bundle that it does not list.',
    zh: '证据包中有清单没有列出的文件。',
  },
  BUNDLE_FILE_FAILED: {
    severity: 'error',
    en: 'A file in the evidence bundle does not pass by itself.',
    zh: '证据包中有文件本身验证不通过。',
  },
  BUNDLE_PARTIAL: {
    severity: 'info',
    en: 'The evidence bundle holds a part only, as its recipient may have it.',
    zh: '证据包只含领取者有权取得的部分。',
  },
  CHECKPOINT_NOT_TRUSTED: {
    severity: 'error',
    en: "The head of the journal is not signed by the journal's key, or is another one than stated.",
    zh: '日志的检查点没有日志密钥的签名，或者与所称的不符。',
  },
  ENTRY_NOT_PROVEN: {
    severity: 'error',
    en: 'An entry of the journal is missing, altered, about something else, or not proven to stand in the journal.',
    zh: '日志条目缺失、被改动、与本文件无关，或者不能证明在日志之中。',
  },
  ANSWER_MISSING: {
    severity: 'error',
    en: 'The journal proves that a unit answered, but its receipt or return is not there.',
    zh: '日志证明有单位已经签收或者退文，但缺少它的签收回执或退文声明。',
  },
  STATEMENT_NOT_RECORDED: {
    severity: 'error',
    en: 'The journal knows nothing of this statement.',
    zh: '日志中没有这份声明。',
  },
  DISPATCH_NOT_GIVEN: {
    severity: 'info',
    en: 'The dispatch statement was not given, so it was not compared with it.',
    zh: '没有提供发出声明，未作核对。',
  },
  RECEIPT_OTHER_DISPATCH: {
    severity: 'error',
    en: 'The receipt is for another dispatch statement.',
    zh: '回执对应的是另一份发出声明。',
  },
  RECEIPT_OTHER_DOCUMENT: {
    severity: 'error',
    en: 'The statement names another document than the one that was dispatched.',
    zh: '声明所指的文件与发出的文件不同。',
  },
  RECEIPT_NOT_RECIPIENT: {
    severity: 'error',
    en: 'The unit that answered is no recipient of the dispatch.',
    zh: '作出答复的单位不在发出声明的收文单位之列。',
  },
  RECEIPT_TWICE: {
    severity: 'error',
    en: 'A unit answered more than once.',
    zh: '同一单位答复了不止一次。',
  },
  RECEIPTS_OUTSTANDING: {
    severity: 'info',
    en: 'Not all recipients have signed for it.',
    zh: '还有收文单位没有签收。',
  },
  HEAD_FORKED: {
    severity: 'error',
    en: 'The journal was forked: a signer saw another journal than the one that is shown.',
    zh: '日志出现分叉：有签署人看到的日志与出示的日志不同。',
  },
  HEAD_NOT_COMPARED: {
    severity: 'warning',
    en: 'There is no proof whether the journal continues a head that a signer saw.',
    zh: '没有证明可以判断日志是否延续了签署人所见的检查点。',
  },
  HEAD_OF_ANOTHER_BOX: {
    severity: 'error',
    en: 'A head was left out: the statement it stands in names another box than the one that is compared.',
    zh: '有一个检查点未予采用：所在的声明写的是另一台机器，不是正在比对的这一台。',
  },
  HEAD_NOT_TRUSTED: {
    severity: 'warning',
    en: 'A head was left out: the statement it stands in is not authentic or its signer not trusted.',
    zh: '有一个检查点未予采用：所在的声明不真实，或者签署人不可信任。',
  },
  NUMBER_NOT_USED: {
    severity: 'warning',
    en: 'The number in a dispatch was left out: the unit itself did not sign it, or no register has such a number.',
    zh: '有一份发文声明中的文号未予采用：不是该单位自己签署的，或者登记簿里不会有这样的号。',
  },
  HEADS_NOT_GIVEN: {
    severity: 'error',
    en: 'Among the files are no two heads of one journal that could be compared.',
    zh: '给定的文件中没有同一日志的两个检查点可供比较。',
  },
  HEADS_AGREE: {
    severity: 'info',
    en: 'All heads that could be compared belong to one journal.',
    zh: '所有可比较的检查点都属于同一份日志。',
  },
  JOURNAL_UNREADABLE: {
    severity: 'error',
    en: 'A file of the journal is damaged or not in its place.',
    zh: '日志文件已损坏，或者不在其位。',
  },
  BUNDLE_OMITS_ENTRY: {
    severity: 'error',
    en: 'The journal holds an entry about the document that the evidence bundle leaves out, though the box signed that it is complete.',
    zh: '日志中有关于本文件的条目，证据包却没有列出，而印匣签名声明包内齐全。',
  },
} as const
