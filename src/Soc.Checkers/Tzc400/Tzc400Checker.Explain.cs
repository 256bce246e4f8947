namespace Soc.Checkers.Tzc400;

/// <content>Refusals in words.</content>
public sealed partial class Tzc400Checker
{
    /// <inheritdoc/>
    public override string Explain(in Violation violation)
    {
        ulong address = violation.PhysicalAddress;
        int filter = FilterAt(address);
        Tzc400Snapshot snapshot = Current;
        if (!snapshot.Filters[filter].IsOpen)
        {
            return $"the gate of filter {filter} is closed";
        }

        if (address > _lastAddress)
        {
            return $"the address is beyond {_options.AddressBits} bits";
        }

        int[] matching = [.. Enumerable.Range(1, RegionCount - 1).Where(region => snapshot.Regions[region].Claims(filter, address))];
        if (matching.Length > 1)
        {
            return $"regions {string.Join(" and ", matching)} of filter {filter} overlap here, which refuses everybody";
        }

        string who = IsNonSecure(violation.Attributes) ? $"NSAID {AccessIdOf(violation.Attributes)}" : "Secure accesses";
        string verb = violation.Kind == Memory.AccessKind.Store ? "write" : "read";
        if (matching.Length == 0)
        {
            return $"no region of filter {filter} matches, and region 0 does not let {who} {verb}";
        }

        Tzc400Region region = snapshot.Regions[matching[0]];
        return $"region {matching[0]} of filter {filter} (0x{region.First:x}-0x{region.Last:x}) does not let {who} {verb}";
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> RecordRegisters(in Violation violation)
    {
        int filter = (int)(violation.Detail >> FilterDetailShift);
        return ["INT_STATUS", $"FAIL_ADDRESS_LOW_{filter}", $"FAIL_ADDRESS_HIGH_{filter}", $"FAIL_CONTROL_{filter}", $"FAIL_ID_{filter}"];
    }

    private int FilterAt(ulong address)
    {
        foreach (CheckerPort port in Ports)
        {
            if (address - port.BaseAddress <= port.SizeMinusOne)
            {
                return ((Tzc400Port)port).Filter;
            }
        }

        return 0;
    }
}
