"""Policy files: the office's own before the shipped ones, and what is said of one that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import ConfigurationError
from config.policy import FILES, SHIPPED_FOLDER, load_policy


class TestWherePolicyComesFrom:
    def test_the_shipped_files_can_be_used(self) -> None:
        policy = load_policy()

        assert policy.lights.yellow_within_days == 7
        assert policy.signing.accept_within_workdays == 2
        assert set(policy.paths) == set(FILES)

    def test_an_office_replaces_single_files(self, tmp_path: Path) -> None:
        (tmp_path / "lights.toml").write_text("yellow_within_days = 10\n")

        policy = load_policy(tmp_path)

        assert policy.lights.yellow_within_days == 10
        assert policy.paths["lights.toml"] == tmp_path / "lights.toml"
        assert policy.paths["signing.toml"] == SHIPPED_FOLDER / "signing.toml"


class TestWhatIsSaidOfAFileThatCannotBeUsed:
    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("lights.toml", 'yellow_within_days = "seven"', "应为整数"),
            ("lights.toml", "yellow_within_days = -1", "不能小于 0"),
            ("lights.toml", "orange_days = 3", "可以写的是 yellow_within_days"),
            ("signing.toml", 'lateness_measured_at = "never"', "'submission'、'acceptance'"),
            ("signing.toml", "accept_within_workdays = ", "TOML"),
        ],
    )
    def test_it_names_file_and_key_and_what_is_accepted(
        self, tmp_path: Path, name: str, content: str, said: str
    ) -> None:
        (tmp_path / name).write_text(content)

        with pytest.raises(ConfigurationError) as caught:
            load_policy(tmp_path)

        assert str(tmp_path / name) in str(caught.value)
        assert said in str(caught.value)

    def test_all_files_are_reported_at_once(self, tmp_path: Path) -> None:
        (tmp_path / "lights.toml").write_text("yellow_within_days = true")
        (tmp_path / "signing.toml").write_bytes(b"\xff")

        with pytest.raises(ConfigurationError) as caught:
            load_policy(tmp_path)

        assert len(caught.value.problems) == 2

    def test_a_file_of_another_name_is_not_passed_over(self, tmp_path: Path) -> None:
        (tmp_path / "light.toml").write_text("")

        with pytest.raises(ConfigurationError, match=r"不认识的文件 light\.toml"):
            load_policy(tmp_path)

    def test_a_folder_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="找不到规则文件夹"):
            load_policy(tmp_path / "nowhere")
