"""Which parcel goes into which locker."""


def assign(parcels, lockers):
    lockers.sort(key=lambda locker: (locker["litres"], locker["id"]))
    result = {}
    for name, litres in parcels:
        result[name] = None
        for locker in lockers:
            if float(locker["litres"]) > litres:
                result[name] = locker["id"]
                lockers.remove(locker)
                break
    return result
