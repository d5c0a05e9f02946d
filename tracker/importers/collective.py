"""Words for several units at once (各科室, 局属各单位, 有关部门, 全局): they name no unit, and none is entered for them."""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.importers.characters import to_simplified

LONGEST = 24
KINDS = r"(?:科室|处室|股室|室|部门|单位|机构|站所|科|处|股|所|站|队|局|委办局|委|办|分局|支队|大队|中队|镇街|乡镇|街道|县区|区县|乡|镇|县|区|市|村|社区|园区|中心|学校|医院|企业|公司|银行|院|会|政府|党委|党组|支部|党支部)"
IN_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
EACH = re.compile(rf".*各(?!界).*{KINDS}$")  # 机关各科室; 各界联合会 is a unit
CONCERNED = re.compile(rf"(?:.*(?:有关|相关|所有|其他|其它|其余|全体)).*{KINDS}$")
WHOLE = re.compile(r"全(?:局|厅|委|院|校|队|系统|市|县|区|省|体)(?:上下|系统|范围|机关)?$")
OF_NO_NAME = re.compile(
    r"(?:市|县|区|局|厅|委|办|院|省|本|机关|直属|局属|市直|县直|区直|省直|属地|下属|所属|二级|基层|业务|职能|成员|责任|配合|协办|牵头|承办|主管"
    r"|监管|行业|事业|企事业|企业|重点|党政|内设|派出|驻外|及|和|与|、)*(?:科室|处室|股室|部门|单位|站所|机构)$"
)


@lru_cache(maxsize=4096)
def is_collective(name: str) -> bool:
    """Whether a word by its shape names no single unit."""
    bare = to_simplified(IN_BRACKETS.sub("", "".join(name.split())))
    if not 2 <= len(bare) <= LONGEST:
        return False
    patterns = (EACH, CONCERNED, WHOLE, OF_NO_NAME)
    return any(pattern.match(bare) is not None for pattern in patterns)
