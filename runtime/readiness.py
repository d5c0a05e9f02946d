"""What `/readyz` asks of an installation."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from runtime import heartbeats
from runtime.bootstrap import Application, NotReady
from tracker import clock
from web.health import Readiness


def readiness_of(application: Application) -> Readiness:
    """Each question answers None, or says what is wrong without saying more than a stranger may know."""

    def database() -> str | None:
        try:
            with application.reading() as session:
                session.connection().execute(text("SELECT 1"))
        except SQLAlchemyError:
            return "连不上数据库"
        return None

    def migrations() -> str | None:
        try:
            application.demand_current_database()
        except NotReady:
            return "数据库的版本与程序不符"
        return None

    def worker() -> str | None:
        try:
            with application.reading() as session:
                seen_at = heartbeats.last_seen(session)
        except SQLAlchemyError:
            return "读不到提醒服务的记录"
        return None if heartbeats.is_fresh(seen_at, at=clock.now()) else "两分钟内没有提醒服务在运行"

    return Readiness(database=database, migrations=migrations, worker=worker)
