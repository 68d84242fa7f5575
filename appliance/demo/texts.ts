/** Texts of our own for the demo where no file of texts is given: short notices of an invented district. */
import { gunzipSync } from 'node:zlib'
import { fileBytes } from '../commands/options.ts'
import { ApplianceError } from '../errors.ts'

export interface DemoText {
  readonly title: string
  readonly text: string
}

/** Texts longer than this are skipped (design 6). */
const maxCharacters = 20_000

/** The first `count` texts of a JSONL file, gzipped or not, in file order; or of our own, again and again. */
export function demoTexts(file: string | undefined, count: number): DemoText[] {
  const source = file === undefined ? own : readTexts(file)
  if (source.length === 0) throw new ApplianceError('USAGE', 'there is no text in the file')
  return Array.from({ length: count }, (_, at) => source[at % source.length]).filter(
    (text) => text !== undefined,
  )
}

function readTexts(file: string): DemoText[] {
  const bytes = fileBytes(file)
  const text = new TextDecoder().decode(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes)
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as DemoText)
    .filter((entry) => entry.text.length <= maxCharacters)
}

const matters = [
  ['做好汛期值班', '汛期将至，各单位要落实领导带班和二十四小时值班制度，值班电话保持畅通。'],
  ['清查闲置办公用房', '请各单位对本单位办公用房使用情况逐间登记，闲置房间于月底前交回统一调配。'],
  ['开展档案室温湿度检查', '档案室应当每日记录温度和湿度，发现异常立即开启除湿设备并报告。'],
  [
    '更换老旧照明线路',
    '经检查，部分办公楼照明线路老化，定于本月分批更换，施工期间请妥善安排工作。',
  ],
  ['组织植树活动', '定于本月第二个周末组织干部职工义务植树，树苗和工具由林业部门统一准备。'],
  ['核对单位联系人', '为保证公文及时送达，请各单位核对联系人和电话，如有变动请于三日内报送。'],
  ['推广节水器具', '各单位要带头使用节水器具，食堂和卫生间应当在年底前完成改造。'],
] as const

const own: readonly DemoText[] = matters.map(([matter, sentence]) => ({
  title: `关于${matter}的通知`,
  text: [
    `一、充分认识${matter}的重要性`,
    `${sentence}各单位主要负责人要亲自过问，明确一名分管负责人和一名经办人，把任务落实到人。`,
    '二、认真组织实施',
    `（一）各单位要在收到本通知之日起五个工作日内制定实施办法。`,
    `（二）实施过程中遇到的问题，请及时与主办单位联系，不得自行变更要求。`,
    '三、按时报送情况',
    `请于下月十日前将${matter}的情况书面报送主办单位，逾期未报的将予以催办。`,
  ].join('\n'),
}))
