//! What `oci completion SHELL` prints: a few lines for each shell that ask `oci __complete` and
//! show what it says.
//!
//! The one idea: a script holds no names, so it never has to be printed anew. Each line of an
//! answer is a word, a tab and what the word is. An OCID may have been found by a part of its name,
//! so it need not begin with what was typed: that is what the scripts differ in.

/// A shell, and what it reads.
pub(super) const SHELLS: &[(&str, &str)] =
    &[("bash", BASH), ("zsh", ZSH), ("fish", FISH), ("powershell", POWERSHELL)];

/// Of several OCIDs the names are listed, and the line stays as it is: the empty entry keeps bash
/// from putting in what all have in common.
const BASH: &str = r#"# bash completion for oci: eval "$(oci completion bash)"
_oci() {
  local IFS=$'\n' line named=() current=${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  while read -r line; do
    COMPREPLY+=("${line%%$'\t'*}")
    if [[ $line == ocid1.* && $current != ocid1.* ]]; then
      named+=("${line#*$'\t'}  ${line%%$'\t'*}")
    fi
  done < <(oci __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if (( ${#named[@]} > 1 )); then COMPREPLY=("${named[@]}" ' '); fi
}
complete -o default -F _oci oci"#;

/// OCIDs go round the matching of what was typed, and are shown in a menu by name.
const ZSH: &str = r#"#compdef oci
# zsh completion for oci: eval "$(oci completion zsh)"
_oci() {
  local -a lines values ids names
  lines=("${(@f)$(oci __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  local line
  for line in $lines; do
    if [[ $line == ocid1.* && $words[CURRENT] != ocid1.* ]]; then
      ids+=("${line%%$'\t'*}")
      names+=("${line#*$'\t'}  ${line%%$'\t'*}")
    else
      values+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    fi
  done
  if (( ${#ids} )); then
    compadd -U -l -d names -- $ids
    compstate[insert]=menu
  elif (( ${#values} )); then
    _describe 'oci' values
  else
    _files
  fi
}
compdef _oci oci"#;

const FISH: &str = r#"# fish completion for oci: oci completion fish | source
complete -c oci -f -a '(oci __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'"#;

/// The word at the cursor is an option of its own: older versions drop an argument that is empty.
const POWERSHELL: &str = r#"# PowerShell completion for oci: oci completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName oci -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
    ForEach-Object {
      $isText = $_ -is [System.Management.Automation.Language.StringConstantExpressionAst]
      if ($isText) { $_.Value } else { $_.Extent.Text }
    })
  oci __complete "--current=$wordToComplete" @before 2>$null | ForEach-Object {
    $value, $about = $_ -split "`t", 2
    if (-not $about) { $about = $value }
    $shown = if ($value -like 'ocid1.*') { "$about  $value" } else { $value }
    [System.Management.Automation.CompletionResult]::new($value, $shown, 'ParameterValue', $about)
  }
}"#;
