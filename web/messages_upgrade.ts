/** Why an upgrade is refused, as a person meets it: the closed set of its codes is this table's (ADR 37). */
import { message, type Message } from './message.ts'

export const upgradeMessages = {
  UPGRADE_NOT_HERE: message(
    409,
    '本机不是以印匣镜像运行，不能在这里升级。',
    'This box does not run as the image; it cannot be upgraded from here.',
  ),
  UPGRADE_MALFORMED: message(
    422,
    '这不是升级包，或者不完整。请重新取得 .sealbox-upgrade 文件。',
    'This is no upgrade bundle, or not a whole one. Fetch the .sealbox-upgrade file again.',
  ),
  UPGRADE_SIGNATURE: message(
    422,
    '升级包不是由本机认可的发布密钥签署的，没有采用。请查明它的来历。',
    'The bundle is not signed by a release key that this box trusts; it was not taken. Find out where it comes from.',
  ),
  UPGRADE_NOT_NEWER: message(
    409,
    '升级包的版本不比本机新。本机不退回旧版本。',
    'The bundle’s version is not newer than what this box has. It does not go back to older ones.',
  ),
  UPGRADE_DATA: message(
    409,
    '新版本打不开本机现在的数据。请先升级到中间的版本。',
    'The new version does not open this box’s data. Install a version in between first.',
  ),
  UPGRADE_TOO_LARGE: message(
    413,
    '升级包装不进本机的磁盘分区。',
    'The bundle does not fit the disk of this box.',
  ),
  UPGRADE_DAMAGED: message(
    422,
    '升级包内容与签名不符，可能在传送中损坏。请重新取得。',
    'The bundle is not as it was signed; it may have been damaged on its way. Fetch it again.',
  ),
  UPGRADE_MISSING: message(
    409,
    '这个升级包不在本机，或者已换成另一个。请先上传。',
    'This bundle is not on the box, or another one took its place. Upload it first.',
  ),
  UPGRADE_OFFSET: message(
    409,
    '上传的位置与已收到的不相接，请从已收到的地方继续。',
    'The upload does not continue what was received; go on from there.',
  ),
  UPGRADE_BUSY: message(
    409,
    '正在安装或试运行一个版本，请等它结束。',
    'A version is being installed or is on trial; wait until that has ended.',
  ),
} as const satisfies Record<string, Message>

export type UpgradeErrorCode = keyof typeof upgradeMessages
