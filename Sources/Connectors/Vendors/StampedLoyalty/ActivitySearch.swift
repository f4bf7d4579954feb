internal import Flow
internal import Liquid

/// Looks through a shop's Stamped activities for the change of points that a run has made.
///
/// Stamped's description lists no reason among an activity's members, so it isn't sure that our marker is to be seen. It
/// counts wherever it stands; a change of the customer's points by as many that says nothing of its reason may be ours.
struct ActivitySearch {
    let marker: String
    /// Stamped's id.
    let customer: String
    /// Above 0, whether they were added or taken.
    let points: Int64
    /// Seconds since 1970; what is older isn't the run's. Nil = any may be.
    let notBefore: Int64?
    /// Something was seen that may be what is looked for, or not.
    private(set) var isUnclear = false

    init(marker: String, customer: String, points: Int64, notBefore: Int64?) {
        self.marker = marker
        self.customer = customer
        self.points = points
        self.notBefore = notBefore
    }

    /// - Returns: the id of the activity that is looked for.
    mutating func found(in activities: [JSON]) -> JSON? {
        for activity in activities {
            if activity.jsonText.contains(marker) { return activity["activityId"] ?? .null }
            if mayBeOurs(activity) { isUnclear = true }
        }
        return nil
    }

    /// Whether the list runs from new to old, and this page ends before the run's time: what follows is older still.
    func isPast(_ activities: [JSON]) -> Bool {
        guard let notBefore, let first = activities.first.flatMap(Self.time),
            let last = activities.last.flatMap(Self.time)
        else { return false }
        return last < first && last < notBefore
    }

    private func mayBeOurs(_ activity: JSON) -> Bool {
        guard activity["customerId"]?.stringValue == customer, !isTooOld(activity),
            activity["reason"] == nil, activity["activity"]?["reason"] == nil
        else { return false }
        return ["pointsCredit", "pointsDebit"].contains { magnitude(of: $0, in: activity) == Double(points) }
    }

    private func magnitude(of member: String, in activity: JSON) -> Double? {
        switch activity["activity"]?[member] {
        case .integer(let number)?: Double(number).magnitude
        case .decimal(let number)?: number.magnitude
        default: nil
        }
    }

    private func isTooOld(_ activity: JSON) -> Bool {
        guard let notBefore, let time = Self.time(of: activity) else { return false }
        return time < notBefore
    }

    /// The form of the dates isn't documented; what isn't ISO 8601 in UTC tells nothing.
    private static func time(of activity: JSON) -> Int64? {
        activity["dateCreated"]?.stringValue.flatMap { UTCDate(iso: $0) }?.secondsSince1970
    }
}
