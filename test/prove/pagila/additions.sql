-- What the sample lacks. Only the tests of the non-interference run know of it.

CREATE EXTENSION citext SCHEMA public;

-- Codes that customers write as they like.
CREATE TABLE public.voucher (
    code public.citext PRIMARY KEY,
    customer_id integer REFERENCES public.customer,
    discount numeric(5, 2) NOT NULL,
    valid daterange,
    hours int4multirange,
    terms jsonb,
    labels text[],
    seal bytea
);
CREATE TABLE public.voucher_use (
    voucher_use_id integer PRIMARY KEY,
    code public.citext NOT NULL REFERENCES public.voucher,
    rental_id integer NOT NULL REFERENCES public.rental,
    saved numeric(6, 2) NOT NULL
);

-- Films that go with one another: nobody keeps them from being noted twice, or by half.
CREATE TABLE public.goes_with (film_id integer, other_film_id integer);

-- What a shop has of a film, as of last night.
CREATE MATERIALIZED VIEW public.stock AS
SELECT i.store_id, i.film_id, count(*) AS copies FROM public.inventory i GROUP BY i.store_id, i.film_id;
CREATE UNIQUE INDEX ON public.stock (store_id, film_id);

-- Films for grown-ups, as a view that passes its key on.
CREATE VIEW public.grown_up_film AS
SELECT film_id, title, rating, length, rental_rate, upper(title) AS shouted FROM public.film WHERE rating IN ('R', 'NC-17');

-- Who rented what, one line for each film and customer; its author vouches for the key.
CREATE VIEW public.film_fan AS
SELECT DISTINCT r.customer_id, i.film_id, c.store_id, c.last_name, c.email
FROM public.rental r JOIN public.inventory i USING (inventory_id) JOIN public.customer c USING (customer_id);
