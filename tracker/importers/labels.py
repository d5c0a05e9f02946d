"""The words before a colon that say what follows: 责任单位：…, 完成时限：…"""

from __future__ import annotations

UNIT_LABELS = "责任单位|责任部门|责任科室|配合单位|配合部门|配合科室|协办单位|参与单位|落实单位|整改单位|责任主体|协同单位|参加单位"
LEAD_LABELS = "牵头单位|牵头部门|牵头科室|主办单位|牵头责任单位|承办单位|主责单位|牵头处室"
OWNER_LABELS = "责任人|负责人|具体责任人|承办人|整改责任人|联系人"
LEADER_LABELS = "责任领导|分管领导|牵头领导|督导领导|包保领导|市级领导|分管负责人"
EXPEDITER_LABELS = "盯办人|督办人|跟踪人|协调人"
DUE_LABELS = "完成时限|完成时间|整改时限|整改期限|办结时限|时间节点|时限要求|完成期限|时间安排|工作时限|时限"
DELIVERABLE_LABELS = "成果形式|工作成果|归档材料|佐证材料|报送材料|标志性成果|成果"
