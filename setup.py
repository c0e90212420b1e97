"""Map the folders of the repository into the wheel; everything else about the package stands in pyproject.toml.

An editable install imports from the checkout, where the folders lie already, and needs none of this.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
READ = (".streamlit/config.toml", "assets", "sample_data")
"""What the program reads besides its modules, by its place in the repository."""
LEFT_OUT = shutil.ignore_patterns("screenshots", "*.margin", "make*.py", "__pycache__")
"""The pictures of the README, workspaces of who builds, and the scripts that made the bundled studies."""


class BuildPackage(build_py):
    """Build the wheel's modules, then give the dashboard one folder of its own."""

    def run(self) -> None:
        """Build, and move what was built to its place."""
        super().run()
        if not self.editable_mode:
            arrange(Path(self.build_lib))


def arrange(built: Path) -> None:
    """Move the dashboard below ``margin_dashboard``, and lay beside it what it reads, as in the repository."""
    package = built / "margin_dashboard"
    shutil.rmtree(package, ignore_errors=True)
    package.mkdir()
    shutil.move(built / "margin_dashboard.py", package / "__init__.py")
    shutil.move(built / "dashboard", package / "dashboard")
    for name in READ:
        source, target = ROOT / name, package / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=LEFT_OUT)
        else:
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(source, target)


setup(cmdclass={"build_py": BuildPackage})
