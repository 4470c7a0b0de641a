from flask import Flask, session

app = Flask(__name__)
app.config.from_object("settings")


@app.route("/")
def home():
    session["visits"] = session.get("visits", 0) + 1
    return f"visits: {session['visits']}"
