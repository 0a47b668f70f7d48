"""Which parcel goes into which locker."""


def assign(parcels, lockers):
    free = sorted(lockers, key=lambda locker: (float(locker["litres"]), int(locker["id"])))
    result = {}
    for name, litres in parcels:
        fitting = next((locker for locker in free if float(locker["litres"]) >= litres), None)
        result[name] = fitting["id"] if fitting else None
        if fitting:
            free.remove(fitting)
    return result
