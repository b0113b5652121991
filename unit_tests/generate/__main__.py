"""Write every generated file anew: `python -m unit_tests.generate`, or `make docs`. Then read the difference."""

from unit_tests.generate.outputs import OUTPUTS

if __name__ == "__main__":
    for path, make in OUTPUTS.items():
        text = make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
