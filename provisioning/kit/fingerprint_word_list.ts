/**
 * The words that a root's fingerprint is read out in: a word for each value of a byte, once in Chinese, once in English.
 * Chosen for this project: everyday things, no two alike; no English word begins another. The order is fixed for ever: what
 * is printed on a sheet must read the same in later versions.
 */

/** 256 Chinese words of two characters; a word's place is the byte. */
export const chineseWords: readonly string[] = `
  苹果 香蕉 葡萄 西瓜 樱桃 草莓 柠檬 石榴 核桃 花生 芝麻 豆腐 馒头 面条 饺子 包子
  米饭 白菜 萝卜 黄瓜 茄子 辣椒 大蒜 生姜 蘑菇 南瓜 冬瓜 土豆 玉米 小麦 高粱 棉花
  茶叶 蜂蜜 白糖 食盐 酱油 牛奶 鸡蛋 豆浆 桌子 椅子 凳子 柜子 抽屉 窗户 房门 屋顶
  地板 楼梯 墙壁 池塘 水井 石桥 码头 灯塔 城墙 宝塔 凉亭 书房 厨房 客厅 卧室 阳台
  车站 机场 港口 学校 医院 商店 市场 工厂 农场 牧场 果园 菜地 茶园 竹林 森林 草原
  沙漠 高山 峡谷 河流 湖泊 海洋 岛屿 沙滩 瀑布 溪水 泉水 冰川 火山 平原 丘陵 盆地
  太阳 月亮 星星 云彩 彩虹 闪电 雷声 春雨 秋风 冬雪 晨雾 露珠 白霜 清晨 黄昏 正午
  夜晚 春天 夏天 秋天 冬天 老虎 狮子 大象 骆驼 熊猫 猴子 兔子 松鼠 狐狸 刺猬 山羊
  绵羊 水牛 骏马 毛驴 白猫 黄狗 公鸡 鸭子 天鹅 孔雀 燕子 喜鹊 麻雀 鸽子 老鹰 仙鹤
  海鸥 鲤鱼 鲸鱼 海豚 乌龟 青蛙 蜻蜓 蝴蝶 蜜蜂 蚂蚁 蟋蟀 螃蟹 龙虾 牡丹 荷花 菊花
  梅花 兰花 桂花 玫瑰 百合 茉莉 杜鹃 水仙 月季 松树 柏树 柳树 杨树 槐树 枫叶 银杏
  梧桐 竹笋 青草 毛笔 砚台 宣纸 墨水 铅笔 橡皮 尺子 书包 字典 报纸 信封 邮票 地图
  日历 钟表 眼镜 雨伞 帽子 围巾 手套 衬衫 毛衣 棉袄 布鞋 皮带 纽扣 针线 剪刀 锤子
  钉子 锯子 斧头 镰刀 锄头 水桶 扫帚 毛巾 肥皂 牙刷 梳子 镜子 蜡烛 灯笼 风筝 陀螺
  积木 象棋 围棋 皮球 秋千 琵琶 古筝 笛子 二胡 锣鼓 铜铃 钢琴 口琴 茶壶 茶杯 饭碗
  筷子 勺子 盘子 铁锅 蒸笼 菜刀 砧板 火柴 木炭 石头 沙子 泥土 砖瓦 木材 钢铁 黄铜
`
  .trim()
  .split(/\s+/)

/** 256 English words of 3 to 7 letters; a word's place is the byte. */
export const englishWords: readonly string[] = `
  acorn actor alarm album amber angle ankle apple april apron arrow aspen atlas attic award bacon
  badge bagel baker bamboo banana banjo barley barn basil basin basket beach bean beaver bell bench
  berry birch boat bonnet book boot bottle bowl bread brick bridge broom brush bucket button cabin
  cactus camel canal candle canoe carpet carrot castle cedar cello chair chalk cherry chess cider circus
  clock clover coast cocoa coffee comet copper coral cotton couch cradle crane crown cup daisy dance
  desert diary donkey door dragon drum eagle easel echo elbow ember engine fabric falcon fence fern
  fiddle field finger flag flame flute forest fossil fox frost garden garlic ginger globe glove goat
  grape gravel guitar hammer hazel helmet hill honey horse hotel ice igloo indigo ink iron island
  ivory jacket jade jelly jewel jungle kayak kettle kite kitten ladder lagoon lake lamp laurel lemon
  letter lily linen lion magnet mango maple marble market meadow melon mint mirror mitten monkey moon
  moss napkin needle nest nickel noodle nutmeg oak oasis ocean olive onion orange orchid otter oven
  owl oyster paddle palace panda paper parcel parrot pasta peach pearl pebble pencil pepper piano pigeon
  pillow pine planet plum pocket pony poplar potato puzzle quail quartz quilt rabbit radio raft rain
  raisin ribbon river robin rocket rope saddle sail salmon sand scarf school shell shovel silver sister
  smoke snow sofa spider spoon statue stone sugar summer swan table teapot temple ticket tiger timber
  tomato tower train tulip tunnel turtle valley velvet violin walnut water whale wheat wolf wool zebra
`
  .trim()
  .split(/\s+/)
