from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

db = SQLAlchemy()
migrate = Migrate()
csrf = CSRFProtect()
compress = Compress()
limiter = Limiter(get_remote_address, default_limits=["300 per hour"])
login_manager = LoginManager()
login_manager.login_view = "auth.login"
