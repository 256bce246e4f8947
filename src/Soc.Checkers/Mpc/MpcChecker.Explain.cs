namespace Soc.Checkers.Mpc;

/// <content>Refusals in words.</content>
public sealed partial class MpcChecker
{
    /// <inheritdoc/>
    public override string Explain(in Violation violation)
    {
        if (Current.Gated)
        {
            return "the data port is gated (CTRL.GATE_REQ)";
        }

        ulong offset = OffsetOf(violation.PhysicalAddress);
        ulong block = offset >> _blockShift;
        string security = Current.IsNonSecure(offset) ? "Non-secure" : "Secure";
        string access = IsNonSecure(violation.Attributes) ? "Non-secure" : "Secure";
        return $"block {block} (BLK_LUT[{block / 32}] bit {block % 32}) is {security}, the access is {access}";
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> RecordRegisters(in Violation violation) => ["INT_STAT", "INT_INFO1", "INT_INFO2"];
}
