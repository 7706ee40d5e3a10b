import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext.automap import automap_base

engine = sa.create_engine("postgresql+psycopg2://", pool_size=2)
inspector = sa.inspect(engine)
assert {"people", "payments"} <= set(inspector.get_table_names()), inspector.get_table_names()
assert inspector.default_schema_name == "public"
for schema in inspector.get_schema_names():
    for table in inspector.get_table_names(schema) + inspector.get_view_names(schema):
        if schema != "public" and table > "b":
            continue
        assert inspector.get_columns(table, schema)
        inspector.get_pk_constraint(table, schema)
        inspector.get_foreign_keys(table, schema)
        inspector.get_indexes(table, schema)
        inspector.get_unique_constraints(table, schema)
        inspector.get_check_constraints(table, schema)
        inspector.get_table_comment(table, schema)
    inspector.get_sequence_names(schema)
    inspector.get_enums(schema)
    inspector.get_foreign_table_names(schema)
assert inspector.get_view_definition("columns", "information_schema")
assert inspector.get_pk_constraint("payments")["constrained_columns"] == ["id"]
assert inspector.get_foreign_keys("payments")[0]["referred_table"] == "people"
assert inspector.get_unique_constraints("people")[0]["column_names"] == ["email"]
assert "amount" in inspector.get_check_constraints("payments")[0]["sqltext"]
assert inspector.has_table("people") and not inspector.has_table("nobody")

Base = automap_base()
Base.prepare(engine, reflect=True)
Payment, Person = Base.classes.payments, Base.classes.people
with orm.Session(engine) as session:
    rows = (
        session.query(Person.city, sa.func.count(Payment.id), sa.func.sum(Payment.amount))
        .join(Payment, Payment.person_id == Person.id)
        .filter(Payment.status.in_(["settled", "pending"]), Person.name.ilike("%a%"))
        .group_by(Person.city)
        .having(sa.func.count() > 1)
        .order_by(sa.desc(sa.func.count(Payment.id)))
        .all()
    )
    assert len(rows) > 3
    one = session.get(Payment, 301)
    assert one.people.id == one.person_id
    assert session.query(Payment).options(orm.selectinload(Payment.people)).limit(20).all()
    assert session.query(sa.exists().where(Payment.id == 301)).scalar()
    assert len(session.query(Payment).yield_per(100).execution_options(stream_results=True).limit(1000).all()) == 1000
    ranked = sa.select(
        Payment.id, sa.func.row_number().over(partition_by=Payment.person_id, order_by=Payment.created_at).label("n")
    ).subquery()
    assert session.execute(sa.select(sa.func.max(ranked.c.n))).scalar() > 1

    # Held, approved, and on: a unit of work of the ORM.
    session.commit()
    one.note = "sqlalchemy yes"
    session.commit()
    assert session.execute(sa.select(Payment.note).where(Payment.id == 301)).scalar() == "sqlalchemy yes"
    one.note = "sqlalchemy no"
    try:
        session.commit()
        raise SystemExit("no refusal")
    except sa.exc.ProgrammingError as e:
        assert e.orig.pgcode == "42501" and "not that one" in str(e.orig), e
    session.rollback()
    assert session.execute(sa.select(Payment.note).where(Payment.id == 301)).scalar() == "sqlalchemy yes"
