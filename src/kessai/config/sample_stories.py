"""What is under way in the sample ministry: twenty-one drafts, from just begun to decided and issued, or only read."""

from __future__ import annotations

from kessai.config.sample_cases import Act, Story

CHIEF, CHIEF_2, OFFICER = "promotion-chief-1", "promotion-chief-2", "promotion-officer-1"
DEPUTY, DIRECTOR = "promotion-deputy-director", "promotion-director"
ACCOUNTS, DOCUMENTS = "accounting-director", "documents-director"
GENERAL_AFFAIRS = "general-affairs-director"

SPECIFICATION = """仕様書

1　業務の名称　関係人口の拡大に向けた調査研究
2　業務の内容
　（1）都道府県及び市町村への書面調査（全団体）
　（2）先行する20団体への聴取り
　（3）手引（案）の作成
3　成果物　報告書（電子）一式、手引（案）一式
4　納入の期限　{later}
5　再委託　書面による事前の承認がある場合に限る。
"""
ESTIMATE = """費目,金額（円）
人件費,15600000
調査費（郵送・旅費）,3900000
印刷費,1500000
消費税等,2100000
合計,23100000
"""
PREFECTURES = """北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都
神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県
和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県
鹿児島県 沖縄県"""
NOTICE = """標記の件について、別添のとおり留意事項を取りまとめたので通知します。
ついては、下記の事項に御留意いただくとともに、貴管内の市町村（指定都市を除く。）に対しても周知くださるようお願いします。
なお、本通知は、地方自治法（昭和22年法律第67号）第245条の4第1項の規定に基づく技術的な助言です。

記

1　形成の単位
(1)　おおむね小学校の区域を単位とするが、地域の実情に応じて定めること。
(2)　既にある自治会等との役割の分担を、あらかじめ話し合うこと。
2　市町村の支援
(1)　事務局の人件費を含めて、継続できる財源を検討すること。
(2)　担当の職員を置くなど、相談に応じる体制を整えること。

以上
"""
GUIDE = """地域運営組織の形成に係る留意事項

1　形成の単位
2　市町村の支援
3　先行する団体の例
"""

INQUIRY = """標記の件について、事務局の人員、経費及び担い手の確保の状況を把握するため、下記のとおり照会します。
ついては、{next_month}までに、別添の様式により電子メールで御回答ください。

記

1　事務局の人員（専任及び兼任の別）
2　事務局の経費とその財源
3　担い手の確保の状況と課題

以上
"""

REPLY = """（案）

地域振興省政策局長

標記の件について、下記のとおりです。
"""

STORIES = (
    Story(
        by=CHIEF,
        matter="event",
        days_ago=9,
        typed={
            "title": "{year}関係人口拡大フォーラムの開催について",
            "held_on": "{later}",
            "place": "中央合同庁舎講堂",
            "text": "標記の件について、下記のとおり開催してよろしいか伺います。\n\n記\n\n"
            "1　主催　地域振興省政策局\n2　参加者　地方公共団体の職員、関係団体ほか300人程度\n"
            "3　周知の方法　ウェブサイトに掲載する。",
            "reason": "前年度の調査で得た先行事例を広く共有し、来年度の取組に間に合わせるため。",
        },
        acts=(
            Act("approve", DEPUTY),
            Act(
                "approve",
                "public-relations-office-head",
                "ウェブサイトへの掲載は開催の4週間前にお願いします。",
            ),
            Act("decide", DIRECTOR),
        ),
    ),
    Story(
        by=CHIEF,
        matter="contract_service",
        days_ago=8,
        typed={
            "title": "{year}地域運営組織実態調査の集計業務",
            "counterparty": "株式会社みなと統計",
            "amount": "8,800,000",
            "starts_on": "{soon}",
            "ends_on": "{later}",
            "budget_item": "（項）地域振興費（目）庁費",
            "text": "標記の件について、下記のとおり契約を締結してよろしいか伺います。\n\n記\n\n"
            "1　業務の内容　調査票1,800件の入力、集計及び図表の作成\n2　契約の方法　一般競争入札（応札3者）\n"
            "3　検査の方法　成果物の納入後10日以内に検査職員が行う。",
            "reason": "調査票の回収が終わり、年度内に結果を公表するため。",
        },
        files=(
            (
                "仕様書.pdf",
                "仕様書\n\n1　調査票1,800件の入力\n2　集計表及び図表の作成\n3　納入の期限　{later}\n",
            ),
        ),
        acts=(
            Act("approve", DEPUTY),
            Act("approve", ACCOUNTS),
            Act("decide", DIRECTOR, "公表の日程を別途報告してください。"),
        ),
    ),
    Story(
        by=CHIEF,
        matter="contract_service",
        days_ago=4,
        typed={
            "title": "{year}関係人口の拡大に向けた調査研究業務",
            "counterparty": "株式会社青葉総合調査",
            "amount": "23,100,000",
            "starts_on": "{soon}",
            "ends_on": "{later}",
            "budget_item": "（項）地域振興費（目）地域振興調査委託費",
            "deadline": "{soon}",
            "text": "標記の件について、一般競争入札（総合評価落札方式）の結果に基づき、"
            "下記のとおり契約を締結してよろしいか伺います。\n\n記\n\n"
            "1　業務の内容　仕様書（添付1）のとおり\n2　契約の方法　一般競争入札（総合評価落札方式、応札1者）\n"
            "3　根拠法令　会計法（昭和22年法律第35号）第29条の3第1項\n"
            "4　再委託　書面による事前の承認がある場合に限り認める。",
            "reason": "関係人口の拡大に取り組む団体が増えており、手引を来年度の施策に間に合わせるため、"
            "年度内に調査を終える必要がある。",
        },
        files=(("仕様書.pdf", SPECIFICATION), ("積算内訳.xlsx", ESTIMATE)),
        acts=(
            Act("approve", DEPUTY),
            Act("approve", DIRECTOR, "応札が1者となった理由を会計課に説明済みです。"),
            Act("forward", ACCOUNTS, "調査費の単価を確かめてください。", asked="accounting-chief-1"),
            Act("ask", ACCOUNTS, "応札が1者でも、入札をやり直さないのはなぜですか。", asked=CHIEF),
        ),
    ),
    Story(
        by=CHIEF_2,
        matter="directive",
        days_ago=6,
        typed={
            "title": "地域運営組織支援補助金交付要綱の一部改正について",
            "held_on": "{next_month}",
            "legal_basis": "補助金等に係る予算の執行の適正化に関する法律（昭和30年法律第179号）",
            "text": "標記の件について、別紙新旧対照表のとおり改正してよろしいか伺います。\n\n記\n\n"
            "1　改正の内容　補助対象経費に、地域運営組織の事務局の人件費を加える。\n2　施行の日　上記の期日",
            "reason": "前年度の実績報告で、事務局の人件費が活動の継続を左右していることが分かったため。",
        },
        acts=(
            Act("approve", DEPUTY),
            Act("approve", DIRECTOR),
            Act("approve", ACCOUNTS, "予算の範囲内であることを確認しました。"),
        ),
    ),
    Story(
        by=CHIEF,
        matter="notice_local",
        days_ago=5,
        typed={
            "title": "地域運営組織の形成に係る留意事項について（通知）",
            "addressees": "\n".join(f"{name}知事" for name in PREFECTURES.split()),
            "sender": "地域振興省政策局長",
            "legal_basis": "地方自治法（昭和22年法律第67号）第245条の4第1項",
            "text": "標記の件について、別紙案のとおり通知してよろしいか伺います。\n\n記\n\n"
            "1　通知文　施行文のとおり\n2　施行の方法　電子メールによる一斉送付\n3　施行の予定日　決裁の日から3日以内",
            "reason": "市町村からの問い合わせが増えており、考え方をまとめて示すため。",
            "letter-1-text": NOTICE,
            "letter-1-enclosures": "別添1",
        },
        files=(("留意事項.docx", GUIDE),),
        acts=(
            Act("approve", DEPUTY),
            Act("return", DIRECTOR, "通知文に、市町村への周知の期限と担当者の連絡先を加えてください。"),
        ),
    ),
    Story(
        by=CHIEF_2,
        matter="study_group",
        days_ago=7,
        typed={
            "title": "地域の担い手確保に関する研究会の開催について",
            "persons": "青山 哲（学識経験者）\n井川 美帆（市長）\n小倉 剛史（地域運営組織代表）\n三好 麻里（企業）",
            "starts_on": "{soon}",
            "place": "地域振興省会議室",
            "text": "標記の件について、下記のとおり開催してよろしいか伺います。\n\n記\n\n"
            "1　検討の事項　担い手の確保、広域での連携、デジタル技術の活用\n2　開催の回数　4回\n"
            "3　公開の扱い　議事は公開とし、議事録を公表する。",
            "reason": "担い手の不足が全国に共通する課題となっており、来年度の予算要求までに方向を示すため。",
        },
        acts=(
            Act("approve", DEPUTY),
            Act("approve", DIRECTOR),
            Act(
                "approve",
                "general-affairs-director",
                "政策局の他の検討会と日程が重ならないよう調整済みです。",
            ),
            Act("approve", "policy-councillor"),
        ),
    ),
    Story(
        by="promotion-officer-2",
        matter="travel_foreign",
        days_ago=3,
        typed={
            "title": "地域振興政策に関する国際会議への出席について",
            "persons": "高木 翔",
            "place": "フランス共和国パリ市",
            "starts_on": "{next_month}",
            "ends_on": "{next_month}",
            "amount": "62万円",
            "text": "標記の件について、下記のとおり外国出張を命令してよろしいか伺います。\n\n記\n\n"
            "1　用務　会議への出席及び我が国の取組の発表\n2　公用旅券　発給を申請する。",
            "reason": "我が国の関係人口の取組について発表の依頼を受けたため。",
        },
        acts=(Act("approve", DEPUTY), Act("approve", DIRECTOR)),
    ),
    Story(
        by=CHIEF_2,
        matter="contract_service",
        days_ago=6,
        typed={
            "title": "{year}地域運営組織支援システムの運用保守業務",
            "counterparty": "東都情報システム株式会社",
            "amount": "14,300,000",
            "starts_on": "{soon}",
            "ends_on": "{later}",
            "budget_item": "（項）地域振興費（目）情報処理業務庁費",
            "text": "標記の件について、下記のとおり契約を締結してよろしいか伺います。\n\n記\n\n"
            "1　業務の内容　支援システムの運用、保守及び利用者からの照会への対応\n"
            "2　契約の方法　一般競争入札（応札2者）",
            "reason": "支援システムの利用を申し込んだ市町村が、年内に使い始める必要があるため。",
        },
        acts=(
            Act("approve", DEPUTY),
            Act("approve", DIRECTOR),
            Act("refuse", ACCOUNTS, "次年度以降の保守の費用が示されておらず、後年度の負担が分かりません。"),
            Act(
                "escalate",
                CHIEF_2,
                "会計課と二度協議しました。後年度の費用は利用する団体の数で変わるため、いまは幅でしか示せません。",
            ),
        ),
    ),
    Story(
        by=CHIEF,
        matter="contract_service",
        days_ago=5,
        typed={
            "title": "{year}地域おこしに関する研修教材の作成業務",
            "counterparty": "一般財団法人地域人材育成センター",
            "amount": "11,880,000",
            "starts_on": "{soon}",
            "ends_on": "{later}",
            "budget_item": "（項）地域振興費（目）庁費",
            "text": "標記の件について、下記のとおり契約を締結してよろしいか伺います。\n\n記\n\n"
            "1　業務の内容　動画12本及び手引の作成\n2　契約の方法　一般競争入札（応札4者）",
            "reason": "来年度の初めに着任する担当者の研修に間に合わせるため。",
        },
        acts=(
            Act("approve", DEPUTY),
            Act("approve", DIRECTOR),
            Act("approve", ACCOUNTS),
        ),
    ),
    Story(
        by=CHIEF,
        matter="travel_domestic",
        days_ago=2,
        typed={
            "title": "中部圏の関係人口案内所の視察に係る出張について",
            "persons": "小川 美咲",
            "place": "中部圏の2市",
            "starts_on": "{soon}",
            "ends_on": "{soon}",
            "text": "標記の件について、下記のとおり出張を命令してよろしいか伺います。\n\n記\n\n"
            "1　用務　関係人口案内所の運営の視察\n2　旅費　国家公務員等の旅費に関する法律に基づき支給する。",
        },
        acts=(Act("approve", DEPUTY),),
    ),
    Story(
        by=CHIEF_2,
        matter="travel_domestic",
        days_ago=2,
        typed={
            "title": "地域づくり全国協議会への出席に係る出張について",
            "persons": "高木 翔",
            "place": "札幌市",
            "starts_on": "{soon}",
            "ends_on": "{soon}",
            "text": "標記の件について、下記のとおり出張を命令してよろしいか伺います。\n\n記\n\n"
            "1　用務　全国協議会の分科会での説明\n2　旅費　国家公務員等の旅費に関する法律に基づき支給する。",
        },
        acts=(Act("approve", DEPUTY, "旅費の予算は確かめました。"),),
    ),
    Story(
        by=CHIEF_2,
        matter="travel_domestic",
        days_ago=1,
        typed={
            "title": "離島振興の意見交換会に係る出張について",
            "persons": "高木 翔\n小川 美咲",
            "place": "長崎県五島市",
            "starts_on": "{soon}",
            "ends_on": "{soon}",
            "text": "標記の件について、下記のとおり出張を命令してよろしいか伺います。\n\n記\n\n"
            "1　用務　離島を有する団体との意見交換\n2　旅費　国家公務員等の旅費に関する法律に基づき支給する。",
        },
    ),
    Story(
        by=OFFICER,
        matter="travel_domestic",
        days_ago=1,
        typed={
            "title": "地域運営組織の現地調査に係る出張について",
            "persons": "坂本 陽菜\n高木 翔",
            "place": "関東地域局管内の3市",
            "starts_on": "{soon}",
            "ends_on": "{soon}",
            "text": "標記の件について、下記のとおり出張を命令してよろしいか伺います。\n\n記\n\n"
            "1　用務　先行する地域運営組織への聴取り\n2　旅費　国家公務員等の旅費に関する法律に基づき支給する。",
        },
    ),
    Story(
        by=CHIEF_2,
        matter="reply_ministry",
        days_ago=9,
        typed={
            "title": "地方創生に係る基本方針の改定に関する協議について（回答）",
            "counterparty": "内閣府地方創生推進室",
            "document_ref": "府地創第218号",
            "issue_method": "郵送",
            "seal": "政策局長印",
            "text": "標記の件について、別紙案のとおり回答してよろしいか伺います。\n\n記\n\n"
            "1　回答の要旨　異議なし。関係人口に係る記述に資料を一点加えるよう求める。\n2　回答の期限　協議書のとおり",
            "reason": "協議のあった案は、省の施策と整合しているため。",
        },
        files=(("回答案.txt", REPLY),),
        acts=(
            Act("approve", DEPUTY),
            Act("decide", DIRECTOR),
            Act("issue", CHIEF_2, method="mail", seal="policy_bureau"),
            Act("seal", GENERAL_AFFAIRS),
            Act("read", DOCUMENTS),
        ),
    ),
    Story(
        by=CHIEF,
        matter="inquiry_local",
        days_ago=6,
        typed={
            "title": "地域運営組織の事務局の体制について（照会）",
            "addressees": "関東1都6県地域振興担当部局長\n指定都市地域振興担当局長\n"
            "全国町村会事務局長\n離島を有する団体の長",
            "held_on": "{next_month}",
            "issue_on": "{soon}",
            "issue_method": "電子メール",
            "issue_notes": "全国町村会には、公印を押した文書を郵送する。",
            "text": "標記の件について、別紙案のとおり照会してよろしいか伺います。\n\n記\n\n"
            "1　照会の事項　事務局の人員、経費、担い手の確保の状況\n2　回答の期限　上記の期日",
            "reason": "交付要綱の改正に当たり、実態を確かめるため。",
            "letter-1-text": INQUIRY,
            "letter-1-enclosures": "別添1",
            "letter-1-contact": "政策局振興課振興第一係\n電話　03-5253-0000（内線2345）\n"
            "電子メール　shinko@example.go.jp",
        },
        files=(("回答様式.txt", REPLY),),
        acts=(
            Act("approve", DEPUTY),
            Act("decide", DIRECTOR),
            Act("issue", OFFICER, "一斉送信で送付した。", to=2),
            Act("issue", CHIEF, method="mail", seal="policy_bureau", to=1),
        ),
    ),
    Story(
        by=CHIEF_2,
        matter="inquiry_local",
        days_ago=4,
        typed={
            "title": "移住者による起業の支援に係る実態調査について（照会）",
            "addressees": "都道府県地域振興担当部局長\n都道府県商工担当部局長",
            "held_on": "{next_month}",
            "joint": "産業局 地域課\n政策局 総務課",
            "text": "標記の件について、別紙案のとおり照会してよろしいか伺います。\n\n記\n\n"
            "1　照会の事項　移住者による起業の件数、支援の内容、担い手の状況\n2　回答の期限　上記の期日",
            "reason": "移住の支援（振興課）と地域産業の振興（地域課）の双方に関わるため、連名で照会する。",
        },
        files=(("照会案.txt", REPLY),),
        acts=(
            Act("approve", DEPUTY),
            Act("approve", "regional-director", "地域課としても必要な調査です。"),
        ),
    ),
    Story(
        by=CHIEF_2,
        matter="publication",
        days_ago=3,
        typed={
            "title": "「{year}地域運営組織事例集」の刊行について",
            "held_on": "{next_month}",
            "addressees": "都道府県\n市町村",
            "text": "標記の件について、下記のとおり刊行し、又は掲載してよろしいか伺います。\n\n記\n\n"
            "1　原稿　別紙のとおり\n2　部数　電子版のみ\n3　公表の予定日　上記の期日",
            "reason": "先行する団体の取組を、これから始める市町村の参考にしてもらうため。",
        },
        acts=(Act("approve", DEPUTY), Act("approve", "public-relations-office-head")),
    ),
    Story(
        by=OFFICER,
        matter="training",
        days_ago=2,
        typed={
            "title": "{year}地域づくり実務研修について",
            "starts_on": "{next_month}",
            "ends_on": "{next_month}",
            "place": "中央合同庁舎研修室",
            "persons": "振興課及び地域課の職員　20人",
            "text": "標記の件について、下記のとおり研修を実施してよろしいか伺います。\n\n記\n\n"
            "1　内容　先行する市町村の担当者による講義と演習\n2　費用　講師の旅費のみ",
        },
        acts=(Act("approve", DEPUTY),),
    ),
    Story(
        by=CHIEF_2,
        matter="circulation",
        days_ago=2,
        typed={
            "title": "第3回地域の担い手確保に関する研究会の結果",
            "deadline": "{soon}",
            "readers": "政策局 総務課\n会計課長\n産業局 地域課 全員",
            "text": "標記の件について、下記のとおり供覧します。\n\n記\n\n"
            "1　要点　担い手の範囲を移住者に広げる案に、おおむね異論はなかった。\n"
            "2　宿題　市町村の事務の増え方を次回までに示す。\n3　今後の予定　第4回を翌月に開く。",
            "reason": "来年度の要求に関わる論点が出たため、関係する課に知らせる。",
        },
        acts=(
            Act("read", "general-affairs-director"),
            Act("read", "regional-director", "宿題の資料は地域課でも用意します。"),
        ),
    ),
    Story(
        by=CHIEF,
        matter="survey",
        days_ago=2,
        typed={
            "title": "関係人口に関する意識調査について",
            "starts_on": "{next_month}",
            "text": "標記の件について、下記のとおり調査を実施してよろしいか伺います。\n\n記\n\n"
            "1　調査の対象及び方法　インターネット調査、3,000人",
        },
        submitted=False,
    ),
    Story(
        by="regional-officer",
        matter="purchase",
        days_ago=1,
        typed={
            "title": "会議用端末の購入について",
            "amount": "1,430,000",
            "text": "標記の件について、下記のとおり購入してよろしいか伺います。\n\n記\n\n"
            "1　品名及び数量　会議用端末　10台",
        },
        submitted=False,
    ),
)
