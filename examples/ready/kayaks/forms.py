from datetime import date

from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, IntegerField, PasswordField, StringField
from wtforms.validators import DataRequired, Email, Length, ValidationError


class SignInForm(FlaskForm):
    email = EmailField("Address", [DataRequired(), Email(), Length(max=254)])
    password = PasswordField("Password", [DataRequired(), Length(max=200)])


class BookingForm(FlaskForm):
    kayak = IntegerField("Kayak", [DataRequired()])
    day = DateField("Day", [DataRequired()])
    note = StringField("Note", [Length(max=500)])

    def validate_day(self, field):
        if field.data < date.today():
            raise ValidationError("Pick a day from today on.")


class NoteForm(FlaskForm):
    """The body of a PATCH: JSON, checked by the same rules as the page."""

    note = StringField("Note", [Length(max=500)])
