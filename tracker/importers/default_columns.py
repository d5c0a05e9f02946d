"""The headings that the reference itself names. An office's own words come from its policy file."""

from __future__ import annotations

from tracker.importers.columns import ColumnSynonyms

DEFAULT_SYNONYMS = ColumnSynonyms.from_mapping(
    {
        "seq": ["序号", "编号"],
        "group": ["评审项目", "类别", "项目"],
        "title": ["任务名称", "事项名称", "事项"],
        "requirement": ["攻坚任务", "工作任务", "任务", "任务内容", "重点任务", "主要任务", "工作内容"],
        "measure": ["整改措施", "工作措施", "具体措施", "措施"],
        "basis": ["评审内容", "存在问题", "问题"],
        "source": ["数据来源"],
        "lead_unit": ["牵头部门", "牵头单位", "主办单位"],
        "units": ["责任部门", "责任单位", "配合部门", "配合单位", "协办单位"],
        "deliverables": ["工作标准/成果", "成果", "归档参考", "归档材料"],
        "milestones": ["市级辅助成果", "完成时限", "时间节点", "完成时间", "整改时限"],
        "expediter": ["盯办人", "工作盯办人", "工作协调人"],
        "owner": ["责任人", "负责人"],
        "leader": ["分管领导", "责任领导", "牵头领导", "督导领导"],
        "score": ["分值"],
        "progress": ["进展情况", "完成情况"],
        "contact": ["联系人", "联系电话"],
        "remark": ["备注"],
    }
)
