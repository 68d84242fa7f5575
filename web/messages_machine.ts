/** What the machine below the box refuses, as a person meets it: the closed set of its codes is this table's (ADR 34). */
import { message, ours, type Message } from './message.ts'

export const machineMessages = {
  MACHINE_REQUEST_MALFORMED: ours,
  MACHINE_REQUEST_REFUSED: message(
    403,
    '本机不接受从这里提出的此项操作。',
    'The machine does not take this act from here.',
  ),
  MACHINE_SILENT: message(
    503,
    '本机没有及时回应，操作可能已经进行。请先查看结果，再决定是否重试。',
    'The machine did not answer in time, and may have acted. See what came of it before trying again.',
  ),
  MACHINE_INTERRUPTED: message(
    503,
    '操作中断，可能只完成了一部分。请先查看结果，再决定是否重试。',
    'The act was cut off and may be done in part. See what came of it before trying again.',
  ),
  MACHINE_FAILED: message(
    500,
    '本机未能完成操作，原因见系统日志。',
    'The machine could not do it; its log says why.',
  ),
  CLOCK_FIXED: message(
    409,
    '本机已经建立，时钟不能再这样设置；请两名安全员对表更正。',
    'The box is made, and its clock is not set this way any more: two officers correct it.',
  ),
  BOX_THERE: message(409, '本机已经建立。', 'There is a box already.'),
  BOX_MALFORMED: message(
    409,
    '控制台没有留下完整的数据，请从头再来。',
    'The console left no whole box; begin again.',
  ),
  STICK_ABSENT: message(
    409,
    '没有插入可用的U盘（须为 FAT、exFAT 或 ext4 格式）。',
    'No stick that can be used is there (FAT, exFAT or ext4).',
  ),
  STICK_UNREADABLE: message(409, 'U盘无法读写。', 'The stick cannot be read or written.'),
  STICK_FILE_MISSING: message(404, 'U盘或本机上没有这个文件。', 'There is no such file.'),
  STICK_FILE_EXISTS: message(
    409,
    'U盘上已有同名文件，没有覆盖。',
    'The stick has a file of that name; it was left as it is.',
  ),
  STICK_SPACE_MISSING: message(507, '空间不足。', 'There is not enough space.'),
  STICK_FOLDER_LARGE: message(
    413,
    'U盘上的文件夹太大（最多 5000 个文件、128 MB）。请只留最近的回执。',
    'The folder on the stick is too large (5,000 files and 128 MB at most). Keep the latest receipts alone.',
  ),
} as const satisfies Record<string, Message>

export type MachineErrorCode = keyof typeof machineMessages
