import Migration

/// DT as PS3.5 §6.2 has it: `YYYYMMDDHHMMSS.FFFFFF&ZZXX`, of which all but the year may be left out from behind.
enum DateTimeValue {
    /// Whether a text is such a value, of a day and a time that there are.
    static func isValid(_ text: String) -> Bool {
        guard let parts = text.wholeMatch(of: #/([0-9]{8}|[0-9]{6}|[0-9]{4})([0-9.]*)([+-](?:0[0-9]|1[0-4])[0-5][0-9])?/#) else { return false }
        // A date without day or month is that of the first one.
        guard CalendarDate(String(parts.1) + "0101".suffix(8 - parts.1.count)) != nil else { return false }
        let time = #/(?:[01][0-9]|2[0-3])(?:[0-5][0-9](?:(?:[0-5][0-9]|60)(?:\.[0-9]{1,6})?)?)?/#
        return parts.2.isEmpty || parts.1.count == 8 && parts.2.wholeMatch(of: time) != nil
    }
}
