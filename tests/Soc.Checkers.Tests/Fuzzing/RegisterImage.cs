using Soc.Checkers.Registers;

namespace Soc.Checkers.Tests.Fuzzing;

/// <summary>What software would read of every declared register, without side effects.</summary>
internal sealed class RegisterImage
{
    private readonly Dictionary<(Register Register, int Index), ulong> _values = [];

    public RegisterImage(RegisterMap map)
    {
        foreach (Register register in map.Registers)
        {
            for (int index = 0; index < register.Count; index++)
            {
                _values.Add((register, index), register.Peek(index));
            }
        }
    }

    public ulong this[Register register, int index] => _values[(register, index)];

    /// <summary>Whether both images show the same.</summary>
    public bool Equals(RegisterImage other) => _values.All(each => other._values[each.Key] == each.Value);

    /// <summary>The elements that show something else in another image.</summary>
    public IEnumerable<(Register Register, int Index)> ChangedIn(RegisterImage other) =>
        _values.Where(each => other._values[each.Key] != each.Value).Select(each => each.Key);
}
