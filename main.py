"""Run the connector from a checkout or from the image: `python main.py read --config ...`."""

from source_tiktok_marketing.run import run

if __name__ == "__main__":
    run()
