from dotenv import load_dotenv

load_dotenv()

from kayaks import create_app  # noqa: E402  (the configuration reads the environment when it is imported)

app = create_app()
